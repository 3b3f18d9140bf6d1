import math
import random

random.seed(14)

# radial basis functions: y = sum of weight * exp(-width * (x - centre)^2)
data = [(x / 12, 0.6 * math.exp(-8 * (x / 12 + 0.4) ** 2) - 0.5 * math.exp(-12 * (x / 12 - 0.5) ** 2)) for x in range(-12, 13)]
centres = [random.uniform(-1, 1) for _ in range(5)]
weights = [random.uniform(-0.5, 0.5) for _ in range(5)]
widths = [4.0] * 5
rate = 0.1


def bumps(x):
    return [math.exp(-s * (x - c) ** 2) for c, s in zip(centres, widths)]


for epoch in range(500):
    sq = 0.0
    for x, y in data:
        phi = bumps(x)
        guess = sum(w * f for w, f in zip(weights, phi))
        e = guess - y
        sq += e * e
        for k in range(5):
            dist = x - centres[k]
            g_weight = 2 * e * phi[k]
            g_centre = -2 * e * weights[k] * phi[k] * 2 * widths[k] * dist
            g_width = -2 * e * weights[k] * phi[k] * dist ** 2
            weights[k] -= rate * g_weight
            centres[k] -= rate * g_centre
            widths[k] -= rate * g_width
    if epoch % 100 == 0:
        print("epoch", epoch, "sum of squares", round(sq, 5), "centres", [round(c, 2) for c in centres])
