import numpy as np


class Tanh:
    def forward(self, z):
        self.out = np.tanh(z)
        return self.out

    def backward(self, grad):
        return grad * (1 - self.out ** 2)


class Recurrent:
    def __init__(self, n_hidden, n_steps):
        self.Wx = np.random.randn(n_hidden, 1) * 0.4
        self.Wh = np.random.randn(n_hidden, n_hidden) * 0.2
        self.b = np.zeros((n_hidden, 1))
        self.Wy = np.random.randn(1, n_hidden) * 0.4
        self.steps = n_steps

    def forward(self, series):
        tanh = Tanh()
        self.series = series
        self.acts = [tanh for _ in range(self.steps)]
        self.h = [np.zeros_like(self.b)]
        for t in range(self.steps):
            z = self.Wx * series[t] + self.Wh @ self.h[t] + self.b
            self.h.append(self.acts[t].forward(z))
        return (self.Wy @ self.h[-1])[0, 0]

    def backward(self, dy):
        dWx, dWh, db = np.zeros_like(self.Wx), np.zeros_like(self.Wh), np.zeros_like(self.b)
        dWy = dy * self.h[-1].T
        dh = self.Wy.T * dy
        for t in reversed(range(self.steps)):
            dz = self.acts[t].backward(dh)
            dWx += dz * self.series[t]
            dWh += dz @ self.h[t].T
            db += dz
            dh = self.Wh.T @ dz
        return dWx, dWh, db, dWy

    def update(self, grads, lr):
        for param, grad in zip((self.Wx, self.Wh, self.b, self.Wy), grads):
            param -= lr * grad


np.random.seed(6)
net = Recurrent(10, 6)
running = 0
for n in range(1, 3001):
    start = np.random.uniform(0, 6)
    wave = np.sin(start + 0.9 * np.arange(7))
    guess = net.forward(wave[:6])
    error = guess - wave[6]
    running += error ** 2
    net.update(net.backward(2 * error), 0.02)
    if n % 500 == 0:
        print("after", n, "waves: mean squared error", running / 500)
        running = 0
