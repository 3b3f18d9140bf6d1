import numpy as np


def relu(x):
    return x * (x > 0)


def make_data(n=80):
    g = np.random.RandomState(2)
    x = g.randn(n, 2)
    labels = np.logical_xor(x[:, 0] > 0, x[:, 1] > 0) * 1.0
    return x, labels


def net_init(h=8):
    g = np.random.RandomState(6)
    return [g.randn(2, h) * 0.7, np.zeros(h), g.randn(h, 1) * 0.7, np.zeros(1)]


def net_forward(p, x):
    pre = x @ p[0] + p[1]
    hid = relu(pre)
    out = 1 / (1 + np.exp(-(hid @ p[2] + p[3])))
    return pre, hid, out


def net_backward(p, x, labels, pre, hid, out):
    # cross entropy + sigmoid: simply the difference
    delta = (out - labels) / len(x)
    delta = delta.sum(axis=1, keepdims=True)
    g2 = hid.T @ delta
    gb2 = delta.sum(axis=0)
    back = delta @ p[2].T * (pre > 0)
    return [x.T @ back, back.sum(axis=0), g2, gb2]


x, labels = make_data()
p = net_init()
for i in range(1001):
    pre, hid, out = net_forward(p, x)
    grads = net_backward(p, x, labels, pre, hid, out)
    p = [a - 0.01 * g for a, g in zip(p, grads)]
    if i % 200 == 0:
        print(i, "acc", ((out[:, 0] > 0.5) == (labels > 0.5)).mean(), "ce", -np.mean(np.log(np.where(labels > 0, out[:, 0], 1 - out[:, 0]))))
