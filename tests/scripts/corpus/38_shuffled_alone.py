import numpy as np

np.random.seed(18)

# three kinds of beans by length, width and weight
kinds = np.repeat([0, 1, 2], 50)
centres = np.array([[1.2, 0.5, 0.3], [0.8, 0.8, 0.5], [1.0, 0.4, 0.8]])
beans = centres[kinds] + 0.1 * np.random.randn(150, 3)
beans = (beans - beans.mean(0)) / beans.std(0)
onehot = np.zeros((150, 3))
onehot[np.arange(150), kinds] = 1

# mix them up, otherwise it learns them in order
np.random.shuffle(beans)


def softmax(s):
    e = np.exp(s - s.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


W1 = np.random.randn(3, 10) * 0.5
b1 = np.zeros(10)
W2 = np.random.randn(10, 3) * 0.5
b2 = np.zeros(3)

for epoch in range(40):
    for start in range(0, 150, 25):
        xb, yb = beans[start:start + 25], onehot[start:start + 25]
        h = np.maximum(xb @ W1 + b1, 0)
        p = softmax(h @ W2 + b2)
        g = (p - yb) / len(xb)
        gh = g @ W2.T
        gh[h <= 0] = 0
        W2 -= 0.1 * h.T @ g
        b2 -= 0.1 * g.sum(0)
        W1 -= 0.1 * xb.T @ gh
        b1 -= 0.1 * gh.sum(0)
    if epoch % 8 == 0:
        P = softmax(np.maximum(beans @ W1 + b1, 0) @ W2 + b2)
        print("epoch", epoch, "loss", -np.log(P[np.arange(150), kinds]).mean(), "right", (P.argmax(1) == kinds).mean())
