import numpy as np
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.05)
parser.add_argument("--momentum", type=float, default=0.9)
parser.add_argument("--decay", type=float, default=1e-4)
parser.add_argument("--epochs", type=int, default=60)
args = parser.parse_args()

np.random.seed(100)


def data():
    """Two numbers -> their product, sum and larger one."""
    x = np.random.uniform(-1, 1, (400, 2))
    return x, np.column_stack([x[:, 0] * x[:, 1], x.sum(axis=1), x.max(axis=1)])


def main():
    x, y = data()
    w = [np.random.randn(2, 20), np.random.randn(20, 3) * 0.2]
    b = [np.zeros(20), np.zeros(3)]
    vw = [np.zeros_like(k) for k in w]
    vb = [np.zeros_like(k) for k in b]
    lr = args.lr
    for epoch in range(args.epochs):
        order = np.random.permutation(len(x))
        losses = []
        for start in range(0, len(x), 32):
            xb, yb = x[order[start:start + 32]], y[order[start:start + 32]]
            hidden = 1 / (1 + np.exp(-(xb @ w[0] + b[0])))
            out = hidden @ w[1] + b[1]
            losses.append(np.mean((out - yb) ** 2))
            d_out = 2 * (out - yb) / out.size
            d_hid = d_out @ w[1].T * hidden * (1 - hidden)
            gw = [xb.T @ d_hid, hidden.T @ d_out]
            gb = [d_hid.sum(axis=0), d_out.sum(axis=0)]
            for k in range(2):
                vw[k] = args.momentum * vw[k] - lr * (gw[k] + args.decay * w[k])
                vb[k] = args.momentum * vb[k] - lr * gb[k]
                w[k] += vw[k]
                b[k] += vb[k]
        lr *= 0.99
        if epoch % 10 == 0 or epoch == args.epochs - 1:
            print("epoch %3d  lr %.4f  loss %.5f" % (epoch, lr, np.mean(losses)))


if __name__ == "__main__":
    main()
