import random
import math

random.seed(13)

layers = [2, 4, 4, 1]
ws, bs = [], []
for a, b in zip(layers, layers[1:]):
    ws.append([[random.gauss(0, 1) for _ in range(a)] for _ in range(b)])
    bs.append([0.0 for _ in range(b)])


def sig(x):
    if x < -60:
        return 0.0
    return 1 / (1 + math.exp(-x))


def run(x):
    values = [x]
    for w, b in zip(ws, bs):
        values.append([sig(sum(wi * vi for wi, vi in zip(row, values[-1])) + bi) for row, bi in zip(w, b)])
    return values


def backprop(x, t, lr):
    values = run(x)
    out = values[-1]
    err = [(o - ti) * o * (1 - o) for o, ti in zip(out, t)]
    for l in range(len(ws) - 1, -1, -1):
        prev = values[l]
        # blame for the layer before, with the weights as they were
        blame = [sum(err[j] * ws[l][j][i] for j in range(len(err))) for i in range(len(prev))]
        for j in range(len(err)):
            for i in range(len(prev)):
                ws[l][j][i] -= lr * err[j] * prev[i]
            bs[l][j] -= lr * err[j]
        err = blame
    return sum((o - ti) ** 2 for o, ti in zip(out, t)) / 2


# inside the stripe?
pts = [[random.random(), random.random()] for _ in range(60)]
goal = [[1.0] if 0.7 < p[0] + p[1] < 1.3 else [0.0] for p in pts]

for epoch in range(300):
    loss = 0.0
    for p, g in zip(pts, goal):
        loss += backprop(p, g, 0.2)
    if epoch % 50 == 0:
        hits = sum((run(p)[-1][0] > 0.5) == (g[0] > 0.5) for p, g in zip(pts, goal))
        print(f"{epoch}: loss {loss / 60:.4f}, hits {hits} of 60")
