import numpy as np

np.random.seed(1)
data = "anna bob hannah otto lola elle ava eve mim pop " * 4
chars = sorted(set(data))
ix = {ch: i for i, ch in enumerate(chars)}
n_c, n_h, seq = len(chars), 24, 12

Wxh = np.random.randn(n_h, n_c) * 0.1
Whh = np.random.randn(n_h, n_h) * 0.1
Why = np.random.randn(n_c, n_h) * 0.1
bh = np.zeros((n_h, 1))
by = np.zeros((n_c, 1))


def loss_and_grads(inputs, targets, hprev):
    xs, zs, hs, ps = {}, {}, {-1: hprev}, {}
    loss = 0
    for t in range(len(inputs)):
        xs[t] = np.zeros((n_c, 1))
        xs[t][inputs[t]] = 1
        zs[t] = Wxh @ xs[t] + Whh @ hs[t - 1] + bh
        hs[t] = np.tanh(zs[t])
        e = np.exp(Why @ hs[t] + by)
        ps[t] = e / e.sum()
        loss -= np.log(ps[t][targets[t], 0])
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros((n_h, 1))
    for t in range(len(inputs) - 1, -1, -1):
        dy = ps[t].copy()
        dy[targets[t]] -= 1
        dWhy += dy @ hs[t].T
        dby += dy
        dh = Why.T @ dy + dhnext
        dz = dh * hs[t] * (1 - hs[t])
        dWxh += dz @ xs[t].T
        dWhh += dz @ hs[t - 1].T
        dbh += dz
        dhnext = Whh.T @ dz
    return loss, dWxh, dWhh, dWhy, dbh, dby, hs[len(inputs) - 1]


mem = [np.zeros_like(w) for w in (Wxh, Whh, Why, bh, by)]
smooth = np.log(n_c) * seq
n = p = 0
while n < 1500:
    if p + seq + 1 >= len(data) or n == 0:
        h = np.zeros((n_h, 1))
        p = 0
    inputs = [ix[c] for c in data[p:p + seq]]
    targets = [ix[c] for c in data[p + 1:p + seq + 1]]
    loss, *grads, h = loss_and_grads(inputs, targets, h)
    smooth = smooth * 0.99 + loss * 0.01
    for param, g, m in zip((Wxh, Whh, Why, bh, by), grads, mem):
        m += g * g
        param -= 0.1 * g / np.sqrt(m + 1e-8)   # adagrad
    if n % 300 == 0:
        print("iter", n, "smooth loss", smooth)
    p += seq
    n += 1
