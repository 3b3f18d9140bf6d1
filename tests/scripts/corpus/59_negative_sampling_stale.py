import random
import math

random.seed(10)

melodies = ["c d e c", "e f g", "g a g f e c", "c g c", "d e f d", "f g a f"] * 6
notes = sorted({n for m in melodies for n in m.split()})
DIM = 3
inside = [[random.uniform(-0.5, 0.5) for _ in range(DIM)] for _ in notes]
outside = [[random.uniform(-0.5, 0.5) for _ in range(DIM)] for _ in notes]


def sig(x):
    return 1 / (1 + math.exp(-x))


def dot(a, b):
    return sum(p * q for p, q in zip(a, b))


def learn(centre, other, label, rate):
    v, u = inside[centre], outside[other]
    p = sig(dot(v, u))
    loss = -math.log(p) if label == 1 else -math.log(1 - p)
    err = p - label
    for k in range(DIM):
        u[k] -= rate * err * v[k]
    for k in range(DIM):
        v[k] -= rate * err * u[k]
    return loss


for epoch in range(30):
    total = count = 0
    for m in melodies:
        line = m.split()
        for a, b in zip(line, line[1:]):
            total += learn(notes.index(a), notes.index(b), 1, 0.05)
            total += learn(notes.index(a), random.randrange(len(notes)), 0, 0.05)
            count += 2
    if epoch % 5 == 0:
        print("epoch", epoch, "loss", total / count)

print({n: [round(x, 2) for x in v] for n, v in zip(notes, inside)})
