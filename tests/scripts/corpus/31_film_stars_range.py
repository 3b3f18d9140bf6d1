"""Predicts how many stars (1 to 5) I give to a film, from: action, romance, humour (each 0 to 1)."""
import numpy as np

np.random.seed(15)
films = np.random.rand(70, 3)
stars = np.clip(np.round(1 + 2.5 * films[:, 0] * (1 - films[:, 1]) + 2 * films[:, 2]), 1, 5).reshape(-1, 1)


class StarNet:
    rate = 0.1

    def __init__(self):
        self.first = np.random.randn(3, 6)
        self.first_b = np.zeros((1, 6))
        self.second = np.random.randn(6, 1)
        self.second_b = np.zeros((1, 1))

    def sigmoid(self, v):
        return 1 / (1 + np.exp(-v))

    def rate_film(self, x):
        self.hidden = self.sigmoid(x @ self.first + self.first_b)
        return self.sigmoid(self.hidden @ self.second + self.second_b)

    def learn(self, x, y):
        guess = self.rate_film(x)
        d2 = (guess - y) * guess * (1 - guess) * 2 / len(x)
        d1 = d2 @ self.second.T * self.hidden * (1 - self.hidden)
        self.second -= self.rate * self.hidden.T @ d2
        self.second_b -= self.rate * d2.sum(axis=0, keepdims=True)
        self.first -= self.rate * x.T @ d1
        self.first_b -= self.rate * d1.sum(axis=0, keepdims=True)
        return np.mean((guess - y) ** 2)


net = StarNet()
for e in range(2000):
    loss = net.learn(films, stars)
    if e % 250 == 0:
        print("epoch", e, "loss", loss)
print(net.rate_film(films[:5]).ravel(), stars[:5].ravel())
