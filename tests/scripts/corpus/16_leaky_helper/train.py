import numpy as np
from activations import leaky_relu, leaky_relu_prime

np.random.seed(17)

# how far does a ball fly?  angle (in units of 90 degrees) and speed (in units of 20 m/s)
shots = np.random.rand(300, 2)
angle, speed = shots[:, 0] * np.pi / 2, shots[:, 1] * 20
distance = (speed ** 2 * np.sin(2 * angle) / 9.81)[:, None] / 40


class Network:
    def __init__(self, sizes):
        self.W = [np.random.randn(m, n) * np.sqrt(2 / m) for m, n in zip(sizes[:-1], sizes[1:])]
        self.B = [np.zeros((1, n)) for n in sizes[1:]]

    def forward(self, x):
        self.A, self.Z = [x], []
        for i in range(len(self.W)):
            self.Z.append(self.A[i] @ self.W[i] + self.B[i])
            last = i == len(self.W) - 1
            self.A.append(self.Z[i] if last else leaky_relu(self.Z[i]))
        return self.A[-1]

    def backward(self, y, lr):
        delta = (self.A[-1] - y) / len(y)
        new_W, new_B = [], []
        for i in reversed(range(len(self.W))):
            new_W.append(self.W[i] - lr * self.A[i].T @ delta)
            new_B.append(self.B[i] - lr * delta.sum(axis=0, keepdims=True))
            if i > 0:
                delta = delta @ self.W[i].T * leaky_relu_prime(self.Z[i - 1])
        self.W, self.B = new_W[::-1], new_B[::-1]


net = Network([2, 12, 12, 1])
for epoch in range(1001):
    guess = net.forward(shots)
    loss = 0.5 * np.mean((guess - distance) ** 2)
    net.backward(distance, lr=0.1)
    if epoch % 200 == 0:
        print(f"epoch {epoch}  loss {loss:.6f}")

print("45 degrees at 15 m/s:", 40 * net.forward(np.array([[0.5, 0.75]]))[0, 0], "m, really", 15 ** 2 / 9.81)
