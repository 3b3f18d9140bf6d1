# is the point (x, y) inside the heart?   plain vectors, one point per step
import numpy as np

rs = np.random.RandomState(21)

W1 = rs.randn(2, 2)
b1 = rs.randn(2) * 0.1
w2 = rs.randn(2)
b2 = 0.0
eta = 0.1


def heart(x, y):
    return float((x * x + y * y - 1) ** 3 - x * x * y ** 3 < 0)


def net(p):
    z1 = np.dot(W1, p) + b1
    a1 = np.tanh(z1)
    z2 = np.dot(w2, a1) + b2
    a2 = 1 / (1 + np.exp(-z2))
    return a1, a2


losses = []
for step in range(20000):
    p = rs.uniform(-1.5, 1.5, 2)
    t = heart(p[0], p[1])
    a1, a2 = net(p)
    losses.append(-(t * np.log(a2) + (1 - t) * np.log(1 - a2)))

    delta2 = a2 - t
    delta1 = w2 * delta2 * (1 - a1 * a1)

    w2 = w2 - eta * delta2 * a1
    b2 = b2 - eta * delta2
    W1 = W1 - eta * np.dot(delta1, p)
    b1 = b1 - eta * delta1

    if (step + 1) % 4000 == 0:
        print("step", step + 1, "mean loss of the last 4000:", np.mean(losses[-4000:]))
