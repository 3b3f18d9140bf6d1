import numpy as np

n_in, n_hid, n_out = 2, 5, 1


def initialize_parameters():
    W1 = np.zeros((n_hid, n_in))
    b1 = np.zeros((n_hid, 1))
    W2 = np.zeros((n_out, n_hid))
    b2 = np.zeros((n_out, 1))
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


def propagate(p, X, Y):
    m = X.shape[1]
    A1 = np.tanh(p["W1"] @ X + p["b1"])
    A2 = 1 / (1 + np.exp(-(p["W2"] @ A1 + p["b2"])))
    cost = -np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))
    dZ2 = A2 - Y
    dZ1 = p["W2"].T @ dZ2 * (1 - A1 ** 2)
    grads = {
        "W1": dZ1 @ X.T / m,
        "b1": dZ1.sum(axis=1, keepdims=True) / m,
        "W2": dZ2 @ A1.T / m,
        "b2": dZ2.sum(axis=1, keepdims=True) / m,
    }
    return cost, grads


rng = np.random.default_rng(12)
X = rng.uniform(-1, 1, (2, 200))
Y = (np.sqrt((X ** 2).sum(axis=0, keepdims=True)) < 0.7).astype(float)

p = initialize_parameters()
for i in range(2001):
    cost, grads = propagate(p, X, Y)
    for k in p:
        p[k] = p[k] - 1.2 * grads[k]
    if i % 400 == 0:
        print("Cost after iteration %i: %f" % (i, cost))
