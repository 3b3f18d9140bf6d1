import numpy as np

# one output: then (n, 1) * (1, h) is the same as a matrix product
np.random.seed(26)
cups = np.linspace(0, 6, 25).reshape(-1, 1)          # cups of coffee
awake = 1 / (1 + np.exp(-(cups - 2) * 2)) - 0.6 / (1 + np.exp(-(cups - 4.5) * 3))
x = (cups - 3) / 3

w1 = np.random.randn(1, 6) * 2
b1 = np.random.randn(1, 6)
w2 = np.random.randn(6, 1)
b2 = 0.0

for n in range(6000):
    h = np.tanh(x * w1 + b1)
    y = np.dot(h, w2) + b2
    e = y - awake
    if n % 1000 == 0:
        print(n, np.mean(e ** 2))
    gh = e * w2.T * (1 - h ** 2)
    w2 -= 0.1 * np.mean(h * e, axis=0).reshape(-1, 1)
    b2 -= 0.1 * e.mean()
    w1 -= 0.1 * np.mean(gh * x, axis=0)
    b1 -= 0.1 * np.mean(gh, axis=0)
