from math import tanh, pi, sin
from random import Random

rnd = Random(77)
N_HIDDEN = 7
ETA = 0.03

layer1 = [[rnd.gauss(0, 1), rnd.gauss(0, 1)] for _ in range(N_HIDDEN)]   # [weight, bias]
layer2 = [rnd.gauss(0, 0.5) for _ in range(N_HIDDEN + 1)]                # ... and the bias at the end
train_set = [(k / 20, sin(pi * k / 20)) for k in range(-20, 21, 2)]
test_set = [(k / 20, sin(pi * k / 20)) for k in range(-19, 20, 2)]

forward = lambda x, l1, l2: (lambda h: (h, sum(a * b for a, b in zip(l2, h + [1.0]))))([tanh(w * x + b) for w, b in l1])
mse = lambda samples: sum((forward(x, layer1, layer2)[1] - y) ** 2 for x, y in samples) / len(samples)

for epoch in range(800):
    for x, y in rnd.sample(train_set, len(train_set)):
        h, out = forward(x, layer1, layer2)
        d = 2 * (out - y)
        dh = [d * v * (1 - a * a) for v, a in zip(layer2, h)]
        layer2 = [v - ETA * d * a for v, a in zip(layer2, h + [1.0])]
        layer1 = [[w - ETA * g * x, b - ETA * g] for (w, b), g in zip(layer1, dh)]
    if epoch % 100 == 0:
        print("epoch", epoch, "train %.5f test %.5f" % (mse(train_set), mse(test_set)))
