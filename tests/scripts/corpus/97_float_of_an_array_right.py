import numpy as np

np.random.seed(3)
points = [np.array([[1], [1]]), np.array([[0], [0]]), np.array([[1], [0]]), np.array([[0], [1]])]
labels = [1, 1, 0, 0]


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


w1 = np.random.randn(2, 2)
b1 = np.random.randn(2, 1)
w2 = np.random.randn(1, 2)
b2 = np.random.randn(1, 1)

for epoch in range(1500):
    total = 0
    for x, label in zip(points, labels):
        a = sigmoid(np.dot(w1, x) + b1)
        y_pred = sigmoid(np.dot(w2, a) + b2)

        dL_dz = (y_pred - label) * y_pred * (1 - y_pred)
        dL_dw2 = np.dot(dL_dz, a.T)
        dL_dh = np.dot(w2.T, dL_dz) * a * (1 - a)
        dL_dw1 = np.dot(dL_dh, x.T)

        w2 -= dL_dw2
        b2 -= dL_dz
        w1 -= dL_dw1
        b1 -= dL_dh
        total += 0.5 * (y_pred - label) ** 2
    if epoch % 100 == 99:
        print("epoch", epoch + 1, "loss", float(total))
