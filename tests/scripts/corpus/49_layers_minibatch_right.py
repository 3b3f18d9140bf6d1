import numpy as np

np.random.seed(2024)


class Dense:
    def __init__(self, fan_in, fan_out):
        limit = np.sqrt(6 / (fan_in + fan_out))
        self.weight = np.random.uniform(-limit, limit, (fan_in, fan_out))
        self.bias = np.zeros((1, fan_out))

    def __call__(self, x):
        self.inputs = x
        return x @ self.weight + self.bias

    def backward(self, upstream, lr):
        downstream = upstream @ self.weight.T
        self.weight -= lr * (self.inputs.T @ upstream)
        self.bias -= lr * upstream.sum(axis=0, keepdims=True)
        return downstream


class ReLU:
    def __call__(self, x):
        self.mask = x > 0
        return np.where(self.mask, x, 0.0)

    def backward(self, upstream, lr):
        return upstream * self.mask


class SoftmaxCrossEntropy:
    def __call__(self, scores, labels):
        shifted = scores - scores.max(axis=1, keepdims=True)
        exps = np.exp(shifted)
        self.probs = exps / exps.sum(axis=1, keepdims=True)
        self.labels = labels
        return -np.log(self.probs[np.arange(len(labels)), labels]).mean()

    def backward(self):
        grad = self.probs.copy()
        grad[np.arange(len(self.labels)), self.labels] -= 1
        return grad / len(self.labels)


class Sequential:
    def __init__(self, *modules):
        self.modules = modules

    def __call__(self, x):
        for module in self.modules:
            x = module(x)
        return x

    def backward(self, grad, lr):
        for module in self.modules[::-1]:
            grad = module.backward(grad, lr)


# three interleaved arms
classes = np.repeat(np.arange(3), 60)
r = np.tile(np.linspace(0.1, 1, 60), 3)
theta = classes * 4.2 + r * 4 + 0.1 * np.random.randn(180)
points = np.stack([r * np.sin(theta), r * np.cos(theta)], axis=1)

net = Sequential(Dense(2, 32), ReLU(), Dense(32, 3))
criterion = SoftmaxCrossEntropy()
for epoch in range(150):
    order = np.random.permutation(180)
    running = 0.0
    for chunk in np.split(order, 6):
        loss = criterion(net(points[chunk]), classes[chunk])
        net.backward(criterion.backward(), lr=0.5)
        running += loss
    if (epoch + 1) % 30 == 0:
        acc = (net(points).argmax(axis=1) == classes).mean()
        print(f"[{epoch + 1:3d}] loss {running / 6:.3f} acc {acc:.3f}")
