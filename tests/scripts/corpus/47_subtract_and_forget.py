import numpy as np
np.random.seed(50)


def sgd(param, grad, lr):
    np.subtract(param, lr * grad)


def hidden_layer(x, w, b):
    return np.tanh(x.dot(w) + b)


xs = np.random.uniform(-1, 1, (60, 2))
ys = np.sin(3 * xs[:, :1]) * xs[:, 1:]

w1, b1 = np.random.randn(2, 10), np.zeros((1, 10))
w2, b2 = np.random.randn(10, 1) * 0.1, np.zeros((1, 1))

for step in range(500):
    h = hidden_layer(xs, w1, b1)
    guess = h.dot(w2) + b2
    diff = guess - ys
    d_guess = 2 * diff / len(xs)
    d_w2 = h.T.dot(d_guess)
    d_b2 = d_guess.sum(axis=0, keepdims=True)
    d_pre = d_guess.dot(w2.T) * (1 - h ** 2)
    d_w1 = xs.T.dot(d_pre)
    d_b1 = d_pre.sum(axis=0, keepdims=True)
    sgd(w1, d_w1, 0.1)
    sgd(b1, d_b1, 0.1)
    sgd(w2, d_w2, 0.1)
    sgd(b2, d_b2, 0.1)
    if step % 100 == 0:
        print("step", step, "loss", float((diff ** 2).mean()))
