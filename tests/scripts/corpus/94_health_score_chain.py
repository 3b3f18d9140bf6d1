import random

random.seed(21)

# age, exercise, diet (scaled to 0..1) and a health score (0..10)
people = [((0.59, 0.73, 0.64), 7), ((0.62, 0.18, 0.18), 3), ((0.17, 0.64, 0.64), 9), ((0.35, 0.36, 0.45), 6), ((0.89, 0.09, 0.09), 1), ((0.1, 0.82, 0.64), 10)]

w1, w2, w3, w4, w5, w6, w7, w8 = [random.uniform(0.1, 0.9) for _ in range(8)]
b1 = b2 = b3 = 0.0
lr = 0.01

for iteration in range(2001):
    total = 0.0
    for (x1, x2, x3), y in people:
        h1 = w1 * x1 + w2 * x2 + w3 * x3 + b1
        h2 = w4 * x1 + w5 * x2 + w6 * x3 + b2
        guess = w7 * h1 + w8 * h2 + b3
        loss = (guess - y) ** 2
        total += loss

        d = 2 * (guess - y)
        g7, g8, g9 = d * h1, d * h2, d
        g1, g2, g3 = d * w7 * x1, d * w7 * x2, d * w7 * x3
        g4, g5, g6 = d * w8 * x1, d * w8 * x2, d * w8 * x3
        gb1 = d
        gb2 = d

        w1, w2, w3 = w1 - lr * g1, w2 - lr * g2, w3 - lr * g3
        w4, w5, w6 = w4 - lr * g4, w5 - lr * g5, w6 - lr * g6
        w7, w8 = w7 - lr * g7, w8 - lr * g8
        b1, b2, b3 = b1 - lr * gb1, b2 - lr * gb2, b3 - lr * g9
    if iteration % 400 == 0:
        print("iteration", iteration, "mse", total / len(people))
