import numpy as np

rand = np.random.RandomState(14)

# robot arm with two joints: angles -> where the hand is
angles = rand.uniform(0.2, 1.4, (200, 2))
hand = np.array([[np.cos(a) + np.cos(a + b), np.sin(a) + np.sin(a + b)] for a, b in angles])

A = rand.normal(0, 0.7, (12, 2))
a0 = rand.normal(0, 0.7, 12)
B = rand.normal(0, 0.3, (2, 12))
b0 = np.zeros(2)
eta = 0.02


def arm(q):
    h = np.tanh(np.dot(A, q) + a0)
    return h, np.dot(B, h) + b0


for sweep in range(40):
    sse = 0
    for i in rand.permutation(len(angles)):
        q, xy = angles[i], hand[i]
        h, guess = arm(q)
        miss = guess - xy
        sse += np.dot(miss, miss)
        back = np.dot(miss, B) * (1 - h * h)
        B -= eta * np.outer(miss, h)
        b0 -= eta * miss
        A -= eta * np.outer(back, q)
        a0 -= eta * back
    if sweep % 5 == 0:
        print("sweep", sweep, "rms miss", np.sqrt(sse / len(angles)))
