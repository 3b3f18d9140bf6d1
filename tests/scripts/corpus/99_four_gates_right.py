import numpy as np


def train(X, T, hidden, rate, steps, seed=0):
    rs = np.random.RandomState(seed)
    W, V = rs.randn(3, hidden), rs.randn(hidden + 1, 1)
    for _ in range(steps):
        H = 1 / (1 + np.exp(-(X @ W)))
        H1 = np.hstack([H, np.ones((len(H), 1))])
        P = 1 / (1 + np.exp(-(H1 @ V)))
        D = (P - T) * P * (1 - P)
        E = (D @ V[:-1].T) * H * (1 - H)
        V -= rate * H1.T @ D
        W -= rate * X.T @ E
    return 0.5 * float(np.sum((P - T) ** 2)), P


X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], dtype=float)
gates = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0], "xor": [0, 1, 1, 0]}

for name, out in gates.items():
    T = np.array(out, dtype=float).reshape(4, 1)
    for rate in (0.5, 2.0):
        error, P = train(X, T, 4, rate, 3000)
        print(name, "rate", rate, "error %.5f" % error, P.ravel().round(2))
