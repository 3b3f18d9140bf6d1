import random
import math

random.seed(3)


def sigma(x):
    return 1.0 / (1.0 + math.exp(-x))


questions = [(0, 0), (0, 1), (1, 0), (1, 1)]
answers = [0, 1, 1, 0]

wa = [random.uniform(-1, 1) for _ in range(3)]
wb = [random.uniform(-1, 1) for _ in range(3)]
wo = [random.uniform(-1, 1) for _ in range(3)]


def feed(q):
    a = sigma(wa[0] * q[0] + wa[1] * q[1] + wa[2])
    b = sigma(wb[0] * q[0] + wb[1] * q[1] + wb[2])
    o = sigma(wo[0] * a + wo[1] * b + wo[2])
    return a, b, o


for step in range(20000):
    pick = random.randint(0, 2)
    q, t = questions[pick], answers[pick]
    a, b, o = feed(q)
    do = (o - t) * o * (1 - o)
    da = do * wo[0] * a * (1 - a)
    db = do * wo[1] * b * (1 - b)
    wo[0] -= 0.5 * do * a
    wo[1] -= 0.5 * do * b
    wo[2] -= 0.5 * do
    for w, d in ((wa, da), (wb, db)):
        w[0] -= 0.5 * d * q[0]
        w[1] -= 0.5 * d * q[1]
        w[2] -= 0.5 * d
    if step % 4000 == 0:
        print(step, [round(feed(q)[2], 2) for q in questions])

for q, t in zip(questions, answers):
    print(q, "should be", t, "is", round(feed(q)[2], 3))
