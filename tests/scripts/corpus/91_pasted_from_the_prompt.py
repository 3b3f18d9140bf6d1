>>> np.random.seed(0)
>>> X = np.linspace(-0.5, 1.5, 40).reshape(-1, 1)
>>> Y = 1 / (1 + np.exp(-8 * X)) - 0.5
>>> W, b = np.random.randn(1, 5), np.zeros((1, 5))
>>> V, c = np.random.randn(5, 1) * 0.3, np.zeros((1, 1))
>>> for i in range(1000):
...     H = np.tanh(X @ W + b)
...     P = H @ V + c
...     E = (P - Y) / len(X)
...     dH = E @ V.T
...     if i % 200 == 0:
...         print(i, 0.5 * np.mean((P - Y) ** 2))
...     V -= 0.3 * H.T @ E
...     c -= 0.3 * E.sum(axis=0)
...     W -= 0.3 * X.T @ dH
...     b -= 0.3 * dH.sum(axis=0)
...
0 0.34
200 0.01
>>> print(P[::10].ravel())
