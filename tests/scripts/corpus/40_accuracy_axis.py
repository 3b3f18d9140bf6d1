import numpy as np

rs = np.random.RandomState(1)
n = 90
angle = rs.uniform(0, 2 * np.pi, n)
radius = np.repeat([0.5, 1.0, 1.5], n // 3) + 0.08 * rs.randn(n)
X = np.c_[radius * np.cos(angle), radius * np.sin(angle)]
Y = np.zeros((n, 3))
Y[np.arange(n), np.repeat([0, 1, 2], n // 3)] = 1.0

V = rs.randn(2, 24)
v = rs.randn(24)
W = rs.randn(24, 3) * 0.2
w = np.zeros(3)


def forward(X):
    A = np.tanh(X @ V + v)
    S = A @ W + w
    S = S - S.max(axis=1, keepdims=True)
    P = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
    return A, P


def accuracy(X, Y):
    _, P = forward(X)
    return np.mean(np.argmax(P, axis=0) == np.argmax(Y, axis=0))


for it in range(1500):
    A, P = forward(X)
    D = (P - Y) / n
    dW, dw = A.T @ D, D.sum(axis=0)
    DA = (D @ W.T) * (1 - A * A)
    dV, dv = X.T @ DA, DA.sum(axis=0)
    W -= 0.5 * dW
    w -= 0.5 * dw
    V -= 0.5 * dV
    v -= 0.5 * dv
    if it % 300 == 0:
        print(it, "loss", -np.sum(Y * np.log(P + 1e-12)) / n, "accuracy", accuracy(X, Y))
print("final accuracy", accuracy(X, Y))
