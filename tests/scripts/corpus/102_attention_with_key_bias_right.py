import numpy as np

rng = np.random.RandomState(9)
D = 3
P = {k: rng.randn(D, D) * 0.6 for k in ("wq", "wk", "wv")}
P.update({k: np.zeros(D) for k in ("bq", "bk", "bv")})


def forward(x):
    q, k, v = x @ P["wq"] + P["bq"], x @ P["wk"] + P["bk"], x @ P["wv"] + P["bv"]
    s = q @ k.T / np.sqrt(D)
    e = np.exp(s - s.max(axis=1, keepdims=True))
    a = e / e.sum(axis=1, keepdims=True)
    return q, k, v, a, a @ v


def backward(x, q, k, v, a, dz):
    da = dz @ v.T
    ds = a * (da - np.sum(da * a, axis=1, keepdims=True)) / np.sqrt(D)
    dq, dk, dv = ds @ k, ds.T @ q, a.T @ dz
    # the bias of the keys moves all scores of a row alike: its gradient is always 0
    return {"wq": x.T @ dq, "wk": x.T @ dk, "wv": x.T @ dv, "bq": dq.sum(0), "bk": dk.sum(0), "bv": dv.sum(0)}


songs = rng.randn(40, 5, D)
wanted = songs.max(axis=1, keepdims=True) * 0.5 + songs * 0.2
for epoch in range(60):
    loss = 0
    for x, t in zip(songs, wanted):
        q, k, v, a, z = forward(x)
        loss += np.mean((z - t) ** 2)
        grads = backward(x, q, k, v, a, 2 * (z - t) / z.size)
        for name, g in grads.items():
            P[name] -= 0.1 * g
    if epoch % 10 == 0:
        print("epoch", epoch, "loss", loss / 40)
