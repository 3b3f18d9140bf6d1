import numpy as np

rng = np.random.RandomState(22)
WIDTH = 8


class ResBlock:
    """y = x + tanh(x A + a) B"""

    def __init__(self):
        self.A = rng.randn(WIDTH, WIDTH) * 0.4
        self.a = np.zeros(WIDTH)
        self.B = rng.randn(WIDTH, WIDTH) * 0.4

    def forward(self, x):
        self.x = x
        self.t = np.tanh(x @ self.A + self.a)
        return x + self.t @ self.B

    def backward(self, g, lr):
        dt = g @ self.B.T * (1 - self.t ** 2)
        dx = dt @ self.A.T
        self.B -= lr * self.t.T @ g
        self.A -= lr * self.x.T @ dt
        self.a -= lr * dt.sum(0)
        return dx


enter = rng.randn(2, WIDTH) * 0.7
blocks = [ResBlock(), ResBlock()]
leave = rng.randn(WIDTH, 1) * 0.3
bias = np.zeros(1)

xy = rng.uniform(-1, 1, (128, 2))
goal = np.where(xy[:, :1] > xy[:, 1:], xy[:, :1] - xy[:, 1:] ** 2, 0.5 * xy[:, 1:])

for epoch in range(401):
    x = xy @ enter
    for block in blocks:
        x = block.forward(x)
    answer = x @ leave + bias
    error = answer - goal
    if epoch % 80 == 0:
        print("epoch", epoch, "mse", (error ** 2).mean())
    g = 2 * error / len(xy)
    back = g @ leave.T
    leave -= 0.03 * x.T @ g
    bias -= 0.03 * g.sum(0)
    for block in reversed(blocks):
        back = block.backward(back, 0.03)
    enter -= 0.03 * xy.T @ back
