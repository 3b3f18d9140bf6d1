import numpy as np

# vanilla RNN: read 8 bits one after the other, in the end say how many ones there were (divided by 8)
np.random.seed(0)
T, H = 8, 12
lr = 0.02

Wxh = np.random.randn(H, 1) * 0.3
Whh = np.random.randn(H, H) * 0.1
bh = np.zeros((H, 1))
Why = np.random.randn(1, H) * 0.3
by = np.zeros((1, 1))

smooth = None
for n in range(4000):
    bits = np.random.randint(0, 2, T)
    target = bits.sum() / T

    hs = {-1: np.zeros((H, 1))}
    for t in range(T):
        hs[t] = np.tanh(Wxh * bits[t] + Whh @ hs[t - 1] + bh)
    y = Why @ hs[T - 1] + by
    loss = float(((y - target) ** 2).sum())

    dy = 2 * (y - target)
    dWhy = dy @ hs[T - 1].T
    dby = dy.copy()
    dWxh, dWhh, dbh = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(bh)
    dh = Why.T @ dy
    for t in reversed(range(T)):
        draw = (1 - hs[t] * hs[t]) * dh
        dbh += draw
        dWxh += draw * bits[t]
        dWhh += draw @ hs[t - 1].T
        dh = Whh.T @ draw

    for dparam in [dWxh, dWhh, dbh, dWhy, dby]:
        np.clip(dparam, -5, 5, out=dparam)
    for param, dparam in zip([Wxh, Whh, bh, Why, by], [dWxh, dWhh, dbh, dWhy, dby]):
        param += -lr * dparam

    smooth = loss if smooth is None else 0.99 * smooth + 0.01 * loss
    if n % 500 == 0:
        print("iter %d, loss %.5f" % (n, smooth))
