import numpy as np


def make_spirals(n):
    rng = np.random.RandomState(7)
    t = np.sqrt(rng.rand(n)) * 6
    a = np.stack([t * np.cos(t), t * np.sin(t)])
    points = np.concatenate([a, -a], axis=1) / 6
    labels = np.concatenate([np.zeros(n), np.ones(n)]).reshape(1, -1)
    return points, labels


def tanh(z):
    return np.tanh(z)


def tanh_deriv(z):
    return 1 - np.tanh(z) ** 2


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def init(n_x, n_h, n_y):
    np.random.seed(1)
    W1 = np.random.randn(n_h, n_x)
    b1 = np.random.randn(n_h, 1)
    W2 = np.random.randn(n_y, n_h) / np.sqrt(n_h)
    b2 = np.zeros((n_y, 1))
    return W1, b1, W2, b2


def forward(X, W1, b1, W2, b2):
    Z1 = W1.dot(X) + b1
    A1 = tanh(Z1)
    A2 = sigmoid(W2.dot(A1) + b2)
    return Z1, A1, A2


def cross_entropy(A2, Y):
    m = Y.shape[1]
    return -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m


def backward(X, Y, A1, A2, W2):
    m = X.shape[1]
    dZ2 = A2 - Y
    dW2 = dZ2.dot(A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dA1 = W2.T.dot(dZ2)
    dZ1 = dA1 * tanh_deriv(A1)
    dW1 = dZ1.dot(X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return dW1, db1, dW2, db2


def train(X, Y, n_h=16, iterations=3000, learning_rate=1.0):
    W1, b1, W2, b2 = init(X.shape[0], n_h, 1)
    for i in range(iterations):
        Z1, A1, A2 = forward(X, W1, b1, W2, b2)
        dW1, db1, dW2, db2 = backward(X, Y, A1, A2, W2)
        W1 = W1 - learning_rate * dW1
        b1 = b1 - learning_rate * db1
        W2 = W2 - learning_rate * dW2
        b2 = b2 - learning_rate * db2
        if i % 500 == 0:
            print("Cost after iteration %d: %f" % (i, cross_entropy(A2, Y)))
    return W1, b1, W2, b2


X, Y = make_spirals(120)
W1, b1, W2, b2 = train(X, Y)
A2 = forward(X, W1, b1, W2, b2)[-1]
print("Accuracy: %.1f %%" % (100 * np.mean((A2 > 0.5) == Y)))
