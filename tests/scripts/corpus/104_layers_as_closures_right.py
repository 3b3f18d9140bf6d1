import numpy as np

rng = np.random.default_rng(4)


def dense(n_in, n_out):
    """A layer is two functions that share w and b."""
    w = rng.normal(0, 0.7, (n_in, n_out))
    b = np.zeros(n_out)
    kept = {}

    def forward(x):
        kept["x"] = x
        return x @ w + b

    def backward(g, lr):
        back = g @ w.T
        w[...] = w - lr * kept["x"].T @ g
        b[...] -= lr * g.sum(0)
        return back

    return forward, backward


# which of 64 points of a square are in its first or third quarter?
points = rng.uniform(-1, 1, (64, 2))
labels = (points[:, :1] * points[:, 1:] > 0).astype(float)
to_hidden, from_hidden = dense(2, 6)
to_answer, from_answer = dense(6, 1)
for step in range(1500):
    h = np.tanh(to_hidden(points))
    p = 1 / (1 + np.exp(-to_answer(h)))
    g = (p - labels) / len(points)
    back = from_answer(g, 2.0)
    from_hidden(back * (1 - h * h), 2.0)
print("right:", np.mean((p > 0.5) == labels))
