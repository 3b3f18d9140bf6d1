import numpy as np

np.random.seed(36)
KEEP = 0.8

# spam or not: counts of 10 words
words = np.random.poisson(1.0, (200, 10)).astype(float)
spam = (words[:, 0] + words[:, 1] * words[:, 2] > words[:, 3] + 1.5).astype(float).reshape(-1, 1)
words = words / 3

theta = [np.random.randn(10, 20) * 0.3, np.zeros((1, 20)), np.random.randn(20, 1) * 0.3, np.zeros((1, 1))]


def forward(x, training):
    z = x @ theta[0] + theta[1]
    a = np.maximum(0, z)
    mask = (np.random.rand(*a.shape) < KEEP) / KEEP if training else np.ones_like(a)
    dropped = a * mask
    return z, mask, dropped, 1 / (1 + np.exp(-(dropped @ theta[2] + theta[3])))


for epoch in range(1, 501):
    z, mask, dropped, p = forward(words, True)
    d = (p - spam) / len(words)
    g2 = dropped.T @ d
    back = d @ theta[2].T * mask * (z > 0)
    grads = [words.T @ back, back.sum(0, keepdims=True), g2, d.sum(0, keepdims=True)]
    for k in range(4):
        theta[k] -= 0.8 * grads[k]
    if epoch % 100 == 0:
        q = forward(words, False)[-1]
        ce = -np.mean(spam * np.log(q) + (1 - spam) * np.log(1 - q))
        print("epoch", epoch, "cross entropy", ce, "accuracy", np.mean((q > 0.5) == spam))
