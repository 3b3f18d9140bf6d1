import numpy as np

np.random.seed(2)


class DeepNet:
    def __init__(self, x, t, width=3, rate=0.5):
        self.x, self.t, self.rate = x, t, rate
        self.w_in = np.random.randn(x.shape[1], width)
        self.w_mid = np.random.randn(width, width)
        self.w_out = np.random.randn(width, t.shape[1])

    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def slope(self, s):
        return s * (1 - s)

    def __call__(self):
        self.h1 = self.sigmoid(self.x @ self.w_in)
        self.h2 = self.sigmoid(self.h1 @ self.w_mid)
        self.out = self.sigmoid(self.h2 @ self.w_out)

    def backpropagation(self):
        err_out = (self.t - self.out) * self.slope(self.out)
        err_h2 = (self.t - self.h2) * self.slope(self.h2)
        err_h1 = (self.t - self.h1) * self.slope(self.h1)
        self.w_out += self.rate * self.h2.T @ err_out
        self.w_mid += self.rate * self.h1.T @ err_h2
        self.w_in += self.rate * self.x.T @ err_h1


# the third column is a constant 1
x = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
t = np.array([[0], [1], [1], [0]])
net = DeepNet(x, t)
for n in range(4000):
    net()
    net.backpropagation()
    if n % 800 == 0:
        print(n, "error", 0.5 * np.sum((net.out - t) ** 2))
print(net.out.round(3))
