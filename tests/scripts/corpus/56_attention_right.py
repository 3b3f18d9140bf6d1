import numpy as np

rng = np.random.default_rng(5)

# a row of 5 tokens, one is marked: attention has to fetch the marked token's value
N, D, S = 5, 4, 0.5
Wq = rng.normal(0, S, (D, D))
Wk = rng.normal(0, S, (D, D))
Wv = rng.normal(0, S, (D, D))
wo = rng.normal(0, S, (D, 1))


def sample():
    tokens = rng.normal(0, 1, (N, D))
    tokens[:, 1] = -1
    spot = rng.integers(N)
    tokens[spot, 1] = 2
    return tokens, tokens[spot, 0]


def softmax_rows(S):
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def forward(X):
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    A = softmax_rows(Q @ K.T / np.sqrt(D))
    Z = A @ V
    pooled = Z.mean(axis=0, keepdims=True)
    return Q, K, V, A, Z, pooled, (pooled @ wo)[0, 0]


def backward(X, cache, dy):
    Q, K, V, A, Z, pooled, y = cache
    dwo = pooled.T * dy
    dZ = np.repeat(dy * wo.T, N, axis=0) / N
    dA = dZ @ V.T
    dV = A.T @ dZ
    dS = A * (dA - (dA * A).sum(axis=1, keepdims=True))
    dS /= np.sqrt(D)
    dQ = dS @ K
    dK = dS.T @ Q
    return X.T @ dQ, X.T @ dK, X.T @ dV, dwo


lr, batch = 0.1, 8
losses = []
for step in range(3000):
    total = [0, 0, 0, 0]
    loss = 0
    for _ in range(batch):
        X, t = sample()
        cache = forward(X)
        diff = cache[-1] - t
        loss += diff ** 2 / batch
        total = [a + g for a, g in zip(total, backward(X, cache, 2 * diff / batch))]
    Wq -= lr * total[0]
    Wk -= lr * total[1]
    Wv -= lr * total[2]
    wo -= lr * total[3]
    losses.append(loss)
    if step % 500 == 499:
        print("step", step + 1, "loss", np.mean(losses[-500:]))
