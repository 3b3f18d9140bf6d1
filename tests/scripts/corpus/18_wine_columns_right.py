import numpy as np


def load():
    """sweetness, acidity, alcohol of 90 wines; three regions (invented numbers)"""
    r = np.random.RandomState(11)
    X = np.hstack([r.normal(m, 0.5, (30, 3)).T for m in ([0, 1, 2], [1, -1, 0], [-1, 0, -1])])
    Y = np.zeros((3, 90))
    Y[np.repeat([0, 1, 2], 30), np.arange(90)] = 1
    return X, Y


def softmax(Z):
    Z = Z - Z.max(axis=0, keepdims=True)
    E = np.exp(Z)
    return E / E.sum(axis=0, keepdims=True)


def forward_propagation(X, parameters):
    W1, b1, W2, b2 = parameters["W1"], parameters["b1"], parameters["W2"], parameters["b2"]
    Z1 = np.dot(W1, X) + b1
    A1 = np.maximum(Z1, 0)
    A2 = softmax(np.dot(W2, A1) + b2)
    return A2, (Z1, A1)


def backward_propagation(X, Y, A2, cache, parameters, lambd):
    m = X.shape[1]
    Z1, A1 = cache
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m + lambd / m * parameters["W2"]
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.dot(parameters["W2"].T, dZ2) * np.int64(Z1 > 0)
    dW1 = np.dot(dZ1, X.T) / m + lambd / m * parameters["W1"]
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


def cost_of(A2, Y, parameters, lambd):
    m = Y.shape[1]
    decay = sum(np.sum(parameters[k] ** 2) for k in ("W1", "W2"))
    return -np.sum(Y * np.log(A2 + 1e-15)) / m + lambd / (2 * m) * decay


def model(X, Y, n_h=7, num_iterations=600, learning_rate=0.3, lambd=0.1):
    np.random.seed(4)
    parameters = {
        "W1": np.random.randn(n_h, X.shape[0]) * 0.1, "b1": np.zeros((n_h, 1)),
        "W2": np.random.randn(Y.shape[0], n_h) * 0.1, "b2": np.zeros((Y.shape[0], 1)),
    }
    for i in range(num_iterations):
        A2, cache = forward_propagation(X, parameters)
        cost = cost_of(A2, Y, parameters, lambd)
        grads = backward_propagation(X, Y, A2, cache, parameters, lambd)
        for key in parameters:
            parameters[key] -= learning_rate * grads["d" + key]
        if i % 100 == 0:
            print("cost", i, cost)
    return parameters


X, Y = load()
parameters = model(X, Y)
A2, _ = forward_propagation(X, parameters)
print("accuracy", np.mean(A2.argmax(axis=0) == Y.argmax(axis=0)))
