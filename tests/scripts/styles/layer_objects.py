import numpy as np

rng = np.random.default_rng(4)
RATE = 0.1


class Layer:
    def __init__(self, n_in, n_out):
        self.W = rng.normal(0, 0.9, (n_in, n_out))
        self.b = rng.normal(0, 0.3, (1, n_out))

    def forward(self, inputs):
        self.inputs = inputs
        self.z = inputs @ self.W + self.b
        self.out = 1 / (1 + np.exp(-self.z))
        return self.out

    def backward(self, grad_out):
        slope = self.out * (1 - self.out)
        #? slope-of-another-activation: slope = 1 - self.out ** 2
        #? activation-for-slope: slope = self.out
        #? slope-fed-with-z: slope = self.z * (1 - self.z)
        #? slope-of-activation: slope = 1 / (1 + np.exp(-self.out)) * (1 - 1 / (1 + np.exp(-self.out)))
        #? hidden-slope-twice: slope = (self.out * (1 - self.out)) ** 2
        #? slope-of-another-layer: slope = layers[0].out * (1 - layers[0].out)
        delta = grad_out * slope
        #? no-hidden-slope: delta = grad_out
        self.dW = self.inputs.T @ delta
        #? weight-for-input: self.dW = self.W * delta.sum(axis=0)
        #? own-output: self.dW = self.out.T @ delta
        #? raw-input: self.dW = x.T @ delta
        #? no-input: self.dW = np.ones_like(self.inputs).T @ delta
        #? transposed-gradient: self.dW = delta.T @ self.inputs
        #? last-sample-only: self.dW = self.inputs[-1:].T @ delta[-1:]
        self.db = delta.sum(axis=0, keepdims=True)
        #? no-bias-gradient: self.db = np.zeros_like(self.b)
        #? bias-times-input: self.db = (delta * self.inputs[:, :1]).sum(axis=0, keepdims=True)
        #? bias-mean-again: self.db = delta.mean(axis=0, keepdims=True)
        #? bias-sum: self.db = delta.sum(axis=0, keepdims=True) * len(delta)

        #? through-updated-weights: self.W -= RATE * self.dW
        return delta @ self.W.T
        #? error-carried-back: return grad_out @ self.W.T
        #? not-through-weights: return delta.sum(axis=1, keepdims=True) * np.ones_like(self.inputs)
        #? raw-error-carried-back: return (predicted - y).sum(axis=1, keepdims=True) * np.ones_like(self.inputs)
        #? through-transposed-weights: return delta @ self.W
        #? through-another-layers-weights: return delta @ layers[0].W.T
        #? through-updated-weights: return delta @ self.W.T

    def step(self):
        self.W -= RATE * self.dW
        #? through-updated-weights: pass
        self.b -= RATE * self.db


x = rng.uniform(-1, 1, (15, 3))
y = np.column_stack([0.5 + 0.4 * np.sin(2 * x[:, 0]), 0.5 + 0.3 * x[:, 1], np.abs(x[:, 2])])
layers = [Layer(3, 3), Layer(3, 3), Layer(3, 3)]

for epoch in range(3000):
    predicted = x
    for layer in layers:
        predicted = layer.forward(predicted)
    loss = ((predicted - y) ** 2).sum() / len(x)
    if epoch % 500 == 0:
        print("epoch", epoch, "loss", loss)

    grad = 2 * (predicted - y) / len(x)
    #? wrong-sign: grad = 2 * (y - predicted) / len(x)
    #? half-the-gradient: grad = (predicted - y) / len(x)
    #? times-the-rate: grad = RATE * 2 * (predicted - y) / len(x)
    #? loss-of-another-kind: grad = np.sign(predicted - y) / len(x)
    #? sum-over-batch: grad = 2 * (predicted - y)
    #? mean-again: grad = 2 * (predicted - y) / len(x) / len(x)
    #? output-slope-twice: grad = 2 * (predicted - y) / len(x) * predicted * (1 - predicted)
    for layer in layers[::-1]:
        grad = layer.backward(grad)
    for layer in layers:
    #? layer-never-updated: for layer in layers[1:]:
        layer.step()
