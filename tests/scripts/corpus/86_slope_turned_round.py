import numpy as np


def nonlin(x, derivative=False):
    if derivative == True:
        return x * (x - 1)
    return 1 / (1 + np.exp(-x))


# two sensors and a constant; alarm if they disagree
X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
y = np.array([[0], [1], [1], [0]])

np.random.seed(1)
syn0 = 2 * np.random.random((3, 4)) - 1
syn1 = 2 * np.random.random((4, 1)) - 1

for j in range(20000):
    l0 = X
    l1 = nonlin(np.dot(l0, syn0))
    l2 = nonlin(np.dot(l1, syn1))

    l2_error = y - l2
    if j % 4000 == 0:
        print("Error: " + str(np.mean(l2_error ** 2)))

    l2_delta = l2_error * nonlin(l2, derivative=True)
    l1_error = l2_delta.dot(syn1.T)
    l1_delta = l1_error * nonlin(l1, derivative=True)

    syn1 += l1.T.dot(l2_delta)
    syn0 += l0.T.dot(l1_delta)

print("Output after training")
print(l2)
