import numpy as np

np.random.seed(5)
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
Y = np.array([[1], [0], [0], [0]], dtype=float)


def nonlin(x, deriv=False):
    if deriv:
        return 1 - x ** 2
    return np.tanh(x)


w0 = np.random.randn(2, 4)
w1 = np.random.randn(4, 1)

for j in range(5000):
    l0 = X
    l1 = nonlin(l0 @ w0)
    l2 = nonlin(l1 @ w1)
    l2_error = Y - l2
    if j % 1000 == 0:
        print("Error:", np.mean(np.abs(l2_error)))
    l2_delta = l2_error * nonlin(l2, deriv=True)
    l1_delta = l2_delta @ w1.T * nonlin(l1, deriv=True)
    w1 += 0.1 * l1.T @ l2_delta
    w0 += 0.1 * l0.T @ l1_delta

print("Output after training")
print(l2)
