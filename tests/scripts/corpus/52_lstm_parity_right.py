import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class LSTM:
    """one layer, gates stacked: input, forget, output, candidate"""

    def __init__(self, n_in, n_h, seed=1):
        r = np.random.RandomState(seed)
        self.n_h = n_h
        self.W = r.randn(4 * n_h, n_in + n_h) * 0.3
        self.b = np.zeros(4 * n_h)
        self.b[n_h:2 * n_h] = 1.0
        self.V = r.randn(1, n_h) * 0.3
        self.c = np.zeros(1)

    def forward(self, xs):
        H = self.n_h
        h, c = np.zeros(H), np.zeros(H)
        self.steps = []
        for x in xs:
            joined = np.concatenate([x, h])
            z = self.W @ joined + self.b
            i, f, o = sigmoid(z[:H]), sigmoid(z[H:2 * H]), sigmoid(z[2 * H:3 * H])
            g = np.tanh(z[3 * H:])
            c_prev = c
            c = f * c_prev + i * g
            h = o * np.tanh(c)
            self.steps.append((joined, i, f, o, g, c_prev, c, h))
        self.p = sigmoid(self.V @ h + self.c)
        return self.p

    def backward(self, target):
        H = self.n_h
        dW, db = np.zeros_like(self.W), np.zeros_like(self.b)
        dlogit = self.p - target
        dV = np.outer(dlogit, self.steps[-1][-1])
        dh = self.V.T @ dlogit
        dc = np.zeros(H)
        for joined, i, f, o, g, c_prev, c, h in reversed(self.steps):
            tc = np.tanh(c)
            do = dh * tc
            dc = dc + dh * o * (1 - tc ** 2)
            di, dg, df = dc * g, dc * i, dc * c_prev
            dz = np.concatenate([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g ** 2)])
            dW += np.outer(dz, joined)
            db += dz
            djoined = self.W.T @ dz
            dh = djoined[-H:]
            dc = dc * f
        return dW, db, dV, dlogit


net = LSTM(1, 8)
rs = np.random.RandomState(0)
lr = 0.3
right, total = 0, 0.0
for n in range(1, 6001):
    bits = rs.randint(0, 2, 4)
    target = bits.sum() % 2
    p = net.forward([np.array([2.0 * b - 1]) for b in bits])
    total -= np.log(p[0] if target else 1 - p[0])
    right += (p[0] > 0.5) == target
    dW, db, dV, dc = net.backward(target)
    net.W -= lr * dW
    net.b -= lr * db
    net.V -= lr * dV
    net.c -= lr * dc
    if n % 1000 == 0:
        print(n, "loss", round(total / 1000, 4), "right", right / 1000)
        right, total = 0, 0.0
