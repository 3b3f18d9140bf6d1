import numpy as np


def bend(v, slope=False):
    if slope == True:
        return 1 - np.tanh(v) ** 2
    return np.tanh(v)


rows = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
wanted = np.array([[0, 1, 1, 0]]).T

np.random.seed(8)
near = np.random.random((3, 5)) - 0.5
far = np.random.random((5, 1)) - 0.5

for turn in xrange(3000):
    middle = bend(rows.dot(near))
    said = bend(middle.dot(far))

    far_delta = (wanted - said) * bend(said, slope=True)
    near_delta = far_delta.dot(far.T) * bend(rows.dot(near), slope=True)

    far += 0.1 * middle.T.dot(far_delta)
    near += 0.1 * rows.T.dot(near_delta)

print("said", said)
