import numpy as np

np.random.seed(3)

# is there a "bump" (up, up, down) somewhere in the signal?  convolution -> relu -> max over time -> sigmoid
LENGTH, WIDTH, FILTERS = 16, 3, 6


def make(n):
    signals, labels = [], []
    for _ in range(n):
        s = 0.3 * np.random.randn(LENGTH)
        yes = np.random.rand() < 0.5
        if yes:
            k = np.random.randint(LENGTH - 3)
            s[k:k + 3] += [1.0, 1.5, -1.0]
        else:
            k = np.random.randint(LENGTH - 3)
            s[k:k + 3] += [-1.0, 1.5, 1.0]
        signals.append(s)
        labels.append(float(yes))
    return np.array(signals), np.array(labels)


class ConvNet:
    def __init__(self):
        self.kernels = 0.5 * np.random.randn(FILTERS, WIDTH)
        self.kernel_bias = np.zeros(FILTERS)
        self.w = 0.5 * np.random.randn(FILTERS)
        self.b = np.zeros(1)

    def forward(self, signal):
        n = LENGTH - WIDTH + 1
        self.windows = np.array([signal[k:k + WIDTH] for k in range(n)])
        self.maps = np.maximum(0, self.windows @ self.kernels.T + self.kernel_bias)
        self.where = self.maps.argmax(axis=0)
        self.pooled = self.maps.max(axis=0)
        return 1 / (1 + np.exp(-(self.pooled @ self.w + self.b[0])))

    def learn(self, signal, label, lr):
        p = self.forward(signal)
        d = p - label
        d_pooled = d * self.w
        self.w -= lr * d * self.pooled
        self.b -= lr * d
        for k in range(FILTERS):
            if self.pooled[k] > 0:
                self.kernels[k] -= lr * d_pooled[k] * self.windows[self.where[k]]
                self.kernel_bias[k] -= lr * d_pooled[k]
        return -np.log(p if label else 1 - p)


signals, labels = make(300)
net = ConvNet()
for epoch in range(12):
    mean = np.mean([net.learn(s, l, 0.1) for s, l in zip(signals, labels)])
    hits = np.mean([(net.forward(s) > 0.5) == l for s, l in zip(signals, labels)])
    print("epoch", epoch, "loss", round(mean, 4), "hits", hits)
