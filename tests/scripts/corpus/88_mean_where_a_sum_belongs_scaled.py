import numpy as np

np.random.seed(12)
# 3x3 pictures of + and x and o, flattened
shapes = np.array([[0, 1, 0, 1, 1, 1, 0, 1, 0], [1, 0, 1, 0, 1, 0, 1, 0, 1], [1, 1, 1, 1, 0, 1, 1, 1, 1]], dtype=float)
labels = np.eye(3)

w0 = np.random.uniform(-0.5, 0.5, (6, 9))
w1 = np.random.uniform(-0.5, 0.5, (3, 6))
b0 = np.zeros(6)
b1 = np.zeros(3)
rate = 0.5


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def train(image, label):
    global w0, w1, b0, b1
    z1 = np.sum(image * w0, axis=1) + b0
    a1 = sigmoid(z1)
    z2 = np.sum(a1 * w1, axis=1) + b1
    a2 = sigmoid(z2)

    d_b1 = (a2 - label) * a2 * (1 - a2)
    d_w1 = d_b1.reshape(-1, 1) * a1
    d_b0 = np.average(d_b1.reshape(-1, 1) * w1, axis=0) * a1 * (1 - a1)
    d_w0 = d_b0.reshape(-1, 1) * image

    w1 -= rate * d_w1
    b1 -= rate * d_b1
    w0 -= rate * d_w0
    b0 -= rate * d_b0
    return np.square(a2 - label).sum()


for epoch in range(600):
    loss = 0
    for k in np.random.permutation(3):
        noisy = np.abs(shapes[k] - (np.random.rand(9) < 0.05))
        loss += train(noisy, labels[k]) / 3
    if epoch % 100 == 0:
        print("epoch", epoch, "loss", loss)
