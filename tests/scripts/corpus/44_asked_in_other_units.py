import numpy as np

np.random.seed(29)

# running shoes: my weight (kg), km per week -> how long a pair lasts (months)
weight = np.random.uniform(50, 100, 80)
km = np.random.uniform(5, 70, 80)
months = 900 / (km * 4.3) * (75 / weight) ** 0.5
X = np.column_stack((weight, km))
mean, std = X.mean(axis=0), X.std(axis=0)
X = (X - mean) / std
y = np.log(months).reshape(-1, 1)

W1 = np.random.randn(2, 8) * 0.5
b1 = np.zeros((1, 8))
W2 = np.random.randn(8, 1) * 0.5
b2 = np.zeros((1, 1))


def forward(x):
    h = np.tanh(x @ W1 + b1)
    return h, h @ W2 + b2


for epoch in range(2000):
    h, out = forward(X)
    err = out - y
    grad_out = 2 * err / len(X)
    grad_h = grad_out @ W2.T * (1 - h * h)
    W2 -= 0.1 * (h.T @ grad_out)
    b2 -= 0.1 * grad_out.sum(axis=0, keepdims=True)
    W1 -= 0.1 * (X.T @ grad_h)
    b1 -= 0.1 * grad_h.sum(axis=0, keepdims=True)
    if epoch % 400 == 0:
        print("epoch", epoch, "loss", np.mean(err ** 2))

# me: 68 kg, and I run 30 km a week; my brother: 90 kg, 10 km
me = forward(np.array([[68.0, 30.0]]))[1]
brother = forward(np.array([[90.0, 10.0]]))[1]
print("my shoes last", np.exp(me[0, 0]), "months, my brother's", np.exp(brother[0, 0]))
