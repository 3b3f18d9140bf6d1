import numpy as np

np.random.seed(22)
# tea: minutes in the cup and temperature -> taste (0 to 1)
x = np.random.uniform(0, 1, (80, 2))
y = np.exp(-((x[:, :1] - 0.4) ** 2 + (x[:, 1:] - 0.7) ** 2) * 6)

w1 = np.random.randn(2, 10)
b1 = np.zeros(10)
w2 = np.random.randn(10, 1)
b2 = np.zeros(1)
lr = 0.05

for step in range(2001):
    h = np.tanh(x @ w1 + b1)
    out = h @ w2 + b2
    g = 2 * (out - y) / len(x)
    if step % 400 == 0:
        print(step, np.mean((out - y) ** 2))

    # remember the weights as they were, the hidden layer needs them
    old_w2 = w2
    w2 -= lr * h.T @ g
    b2 -= lr * g.sum(axis=0)
    gh = g @ old_w2.T * (1 - h ** 2)
    w1 -= lr * x.T @ gh
    b1 -= lr * gh.sum(axis=0)
