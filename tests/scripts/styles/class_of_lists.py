import numpy as np


class Network:
    def __init__(self, sizes, rate):
        rng = np.random.RandomState(12)
        self.rate = rate
        self.weights = [rng.randn(m, n) * 0.9 for m, n in zip(sizes, sizes[1:])]
        self.biases = [rng.randn(n) * 0.3 for n in sizes[1:]]

    def f(self, z):
        return np.tanh(z)

    def f_prime(self, a):
        return 1 - a * a
        #? slope-of-another-activation: return a * (1 - a)
        #? slope-of-activation: return 1 - np.tanh(a) ** 2

    def forward(self, x):
        self.a = [x]
        self.z = [x]
        for w, b in zip(self.weights, self.biases):
            self.z.append(self.a[-1] @ w + b)
            self.a.append(self.f(self.z[-1]))
        return self.a[-1]

    def loss(self, y):
        return np.mean(np.sum((self.a[-1] - y) ** 2, axis=1))

    def gradients(self, y):
        n = len(y)
        last = len(self.weights) - 1
        error = 2 * (self.a[-1] - y) / n
        #? wrong-sign: error = 2 * (y - self.a[-1]) / n
        #? half-the-gradient: error = (self.a[-1] - y) / n
        #? times-the-rate: error = self.rate * 2 * (self.a[-1] - y) / n
        #? loss-of-another-kind: error = np.sign(self.a[-1] - y) / n
        #? sum-over-batch: error = 2 * (self.a[-1] - y)
        #? mean-again: error = 2 * (self.a[-1] - y) / n ** 2
        delta = error * self.f_prime(self.a[-1])
        #? no-output-slope: delta = error
        #? output-slope-twice: delta = error * self.f_prime(self.a[-1]) ** 2
        #? slope-fed-with-z: delta = error * self.f_prime(self.z[-1])
        grads_w, grads_b = [None] * (last + 1), [None] * (last + 1)
        for k in range(last, -1, -1):
            grads_w[k] = self.a[k].T @ delta
            #? z-for-input: grads_w[k] = self.z[k].T @ delta
            #? weight-for-input: grads_w[k] = self.weights[k] * delta.sum(axis=0)
            #? own-output: grads_w[k] = (self.a[k + 1] * delta).sum(axis=0) * np.ones_like(self.weights[k])
            #? no-input: grads_w[k] = np.ones_like(self.a[k]).T @ delta
            #? raw-input: grads_w[k] = self.a[0].T @ delta
            #? transposed-gradient: grads_w[k] = (self.a[k].T @ delta).T if k == 1 else self.a[k].T @ delta
            #? layer-never-updated: grads_w[k] = self.a[k].T @ delta * (k > 0)
            grads_b[k] = delta.sum(axis=0)
            #? no-bias-gradient: grads_b[k] = np.zeros_like(self.biases[k])
            #? bias-times-input: grads_b[k] = (delta * self.a[k][:, :1]).sum(axis=0)
            #? bias-mean-again: grads_b[k] = delta.mean(axis=0)
            #? bias-sum: grads_b[k] = delta.sum(axis=0) * n
            if k > 0:
                delta = delta @ self.weights[k].T * self.f_prime(self.a[k])
                #? no-hidden-slope: delta = delta @ self.weights[k].T
                #? hidden-slope-twice: delta = delta @ self.weights[k].T * self.f_prime(self.a[k]) ** 2
                #? activation-for-slope: delta = delta @ self.weights[k].T * self.a[k]
                #? slope-of-another-layer: delta = delta @ self.weights[k].T * self.f_prime(self.a[3 - k])
                #? raw-error-carried-back: delta = error.sum(axis=1, keepdims=True) * self.f_prime(self.a[k])
                #? not-through-weights: delta = delta.sum(axis=1, keepdims=True) * self.f_prime(self.a[k])
                #? error-carried-back: delta = (delta if k < last else error) @ self.weights[k].T * self.f_prime(self.a[k])
                #? through-another-layers-weights: delta = delta @ self.weights[k if k == last else 0].T * self.f_prime(self.a[k])
                #? through-transposed-weights: delta = delta @ (self.weights[k].T if k == last else self.weights[k]) * self.f_prime(self.a[k])
        return grads_w, grads_b

    def update(self, grads_w, grads_b):
        for k in range(len(self.weights)):
            self.weights[k] = self.weights[k] - self.rate * grads_w[k]
            self.biases[k] = self.biases[k] - self.rate * grads_b[k]


rng = np.random.RandomState(2)
x = rng.uniform(-1, 1, (24, 4))
y = np.column_stack([0.7 * np.sin(3 * x[:, 0]), 0.5 * x[:, 1] * x[:, 2]])

net = Network([4, 4, 4, 2], 0.1)
for epoch in range(2000):
    net.forward(x)
    if epoch % 400 == 0:
        print("epoch", epoch, "loss", net.loss(y))
    net.update(*net.gradients(y))
print("loss in the end", net.loss(y))
