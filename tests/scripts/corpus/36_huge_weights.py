import numpy as np

np.random.seed(20)
x = np.linspace(0, 1, 50).reshape(50, 1)
y = 0.5 + 0.4 * np.sin(2 * np.pi * x)

# start with big weights so that it learns faster
w1 = np.random.randn(1, 15) * 100
b1 = np.random.randn(15) * 100
w2 = np.random.randn(15, 1) * 100
b2 = np.random.randn(1) * 100


def logistic(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


lr = 0.5
for n in range(3000):
    a1 = logistic(x @ w1 + b1)
    a2 = logistic(a1 @ w2 + b2)
    loss = np.mean((a2 - y) ** 2)
    delta2 = 2 * (a2 - y) / 50 * a2 * (1 - a2)
    delta1 = delta2 @ w2.T * a1 * (1 - a1)
    w2 -= lr * a1.T @ delta2
    b2 -= lr * delta2.sum(0)
    w1 -= lr * x.T @ delta1
    b1 -= lr * delta1.sum(0)
    if n % 500 == 0:
        print("n", n, "loss", loss)
print(a2[::10].ravel())
