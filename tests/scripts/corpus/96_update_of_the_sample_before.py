import numpy as np

np.random.seed(0)
n_hidden, n_in, n_out, n_samples = 8, 6, 6, 150
learning_rate, momentum = 0.05, 0.8


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def train(x, t, V, W, bv, bw):
    A = np.dot(x, V) + bv
    Z = np.tanh(A)
    Y = sigmoid(np.dot(Z, W) + bw)
    Ew = Y - t
    Ev = (1 - Z ** 2) * np.dot(W, Ew)
    loss = -np.mean(t * np.log(Y) + (1 - t) * np.log(1 - Y))
    return loss, (np.outer(x, Ev), np.outer(Z, Ew), Ev, Ew)


V = np.random.normal(scale=0.3, size=(n_in, n_hidden))
W = np.random.normal(scale=0.3, size=(n_hidden, n_out))
bv, bw = np.zeros(n_hidden), np.zeros(n_out)
params = [V, W, bv, bw]

# turn every bit round
X = np.random.binomial(1, 0.5, (n_samples, n_in))
T = X ^ 1

upd = [0, 0, 0, 0]
for epoch in range(20):
    err = []
    for i in range(n_samples):
        loss, grad = train(X[i], T[i], *params)
        for j in range(len(params)):
            params[j] -= upd[j]
        for j in range(len(params)):
            upd[j] = learning_rate * grad[j] + momentum * upd[j]
        err.append(loss)
    if epoch % 4 == 0:
        print("Epoch %d, loss %.6f" % (epoch, np.mean(err)))
