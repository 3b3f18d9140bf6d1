import random
import math

random.seed(23)
INPUTS, HIDDEN = 1, 6

w1 = [random.uniform(-2, 2) for _ in range(HIDDEN)]
b1 = [random.uniform(-1, 1) for _ in range(HIDDEN)]
w2 = [random.uniform(-1, 1) for _ in range(HIDDEN)]
b2 = 0.0

xs = [k / 15 - 1 for k in range(31)]
ys = [abs(x) for x in xs]

gw1 = [0.0] * HIDDEN
gb1 = [0.0] * HIDDEN
gw2 = [0.0] * HIDDEN
gb2 = 0.0

rate = 0.1
for epoch in range(600):
    loss = 0
    for x, y in zip(xs, ys):
        h = [math.tanh(w1[k] * x + b1[k]) for k in range(HIDDEN)]
        p = sum(w2[k] * h[k] for k in range(HIDDEN)) + b2
        loss += (p - y) ** 2 / len(xs)
        dp = 2 * (p - y) / len(xs)
        for k in range(HIDDEN):
            gw2[k] += dp * h[k]
            dh = dp * w2[k] * (1 - h[k] ** 2)
            gw1[k] += dh * x
            gb1[k] += dh
        gb2 += dp
    for k in range(HIDDEN):
        w1[k] -= rate * gw1[k]
        b1[k] -= rate * gb1[k]
        w2[k] -= rate * gw2[k]
    b2 -= rate * gb2
    if epoch % 60 == 0:
        print(epoch, loss)
