import numpy as np

rng = np.random.RandomState(3)

x = rng.uniform(-2, 2, (40, 1))
y = x ** 3 / 4 - x + 0.05 * rng.randn(40, 1)

h = 20
a = rng.randn(1, h)
b = rng.randn(h)
c = rng.randn(h, 1) / np.sqrt(h)
d = np.zeros(1)

step_size = 1.5

for i in range(200):
    u = np.tanh(x.dot(a) + b)
    f = u.dot(c) + d
    r = f - y
    if i % 20 == 0:
        print("i = %3d   mean squared residual = %g" % (i, np.mean(r ** 2)))
    gf = 2 * r / len(x)
    gc = u.T.dot(gf)
    gd = gf.sum(axis=0)
    gu = gf.dot(c.T) * (1 - u ** 2)
    ga = x.T.dot(gu)
    gb = gu.sum(axis=0)
    a -= step_size * ga
    b -= step_size * gb
    c -= step_size * gc
    d -= step_size * gd
