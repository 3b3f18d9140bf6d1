import numpy as np

np.random.seed(1)
# a linear recurrent network with two weights learns to count the ones
X = np.round(np.random.rand(20, 8))
t = X.sum(axis=1)


def states(wx, wr):
    S = np.zeros((20, 9))
    for k in range(8):
        S[:, k + 1] = X[:, k] * wx + S[:, k] * wr
    return S


def gradients(S, wr):
    g = 2 * (S[:, -1] - t) / 20
    gx = gr = 0
    for k in range(8, 0, -1):
        gx += np.sum(g * X[:, k - 1])
        gr += np.sum(g * S[:, k - 1])
        g = g * wr
    return gx, gr


W = [-0.5, 0.6]
step = [0.01, 0.01]
last = [0, 0]
for i in range(300):
    S = states(W[0], W[1])
    signs = np.sign(gradients(S, W[1]))
    # resilient backpropagation: only the signs count
    for k in range(2):
        step[k] *= 1.2 if signs[k] == last[k] else 0.5
        W[k] -= signs[k] * step[k]
    last = signs
    if i % 50 == 0:
        print(i, "cost", np.mean((S[:, -1] - t) ** 2), "weights", W)
print(W, "should be about [1, 1]")
