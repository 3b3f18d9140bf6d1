import numpy as np

inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
goals = np.array([[0, 1, 1, 0]]).T


def squash(z):
    return 1 / (1 + np.exp(-z))


def bend(out):
    return out * (1 - out)


np.random.seed(4)
first = np.random.random((3, 3)) - 0.5
second = np.random.random((4, 1)) - 0.5
speed = 0.8

for turn in range(4000):
    with_one = np.c_[np.ones(len(inputs)), inputs]
    hidden = squash(with_one.dot(first))
    wide = np.insert(hidden, 0, 1, axis=1)
    answer = squash(wide.dot(second))

    miss = goals - answer
    top = miss * bend(answer)
    below = top.dot(second[1:].T) * squash(with_one.dot(first))

    second += speed * wide.T.dot(top)
    first += speed * with_one.T.dot(below)

print(answer)
