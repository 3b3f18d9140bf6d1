import numpy as np

np.random.seed(0)

# petal length / width of two kinds of flower (made up), 30 each
short = np.random.normal([1.5, 0.3], 0.15, (30, 2))
long = np.random.normal([2.0, 0.6], 0.25, (30, 2))
data = np.vstack([short, long])
label = np.array([[0.0]] * 30 + [[1.0]] * 30)
mean, std = data.mean(axis=0), data.std(axis=0)
data = (data - mean) / std

params = {
    "W1": np.random.randn(2, 5) * 0.5,
    "b1": np.zeros((1, 5)),
    "W2": np.random.randn(5, 1) * 0.5,
    "b2": np.zeros((1, 1)),
}


def relu(z):
    return np.maximum(z, 0)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(params, x):
    cache = {}
    cache["z1"] = x @ params["W1"] + params["b1"]
    cache["a1"] = relu(cache["z1"])
    cache["p"] = sigmoid(cache["a1"] @ params["W2"] + params["b2"])
    return cache["p"], cache


def backward(params, cache, x, y):
    n = len(x)
    grads = {}
    dz2 = (cache["p"] - y) / n
    grads["W2"] = cache["a1"].T @ dz2
    grads["b2"] = dz2.sum(axis=0, keepdims=True)
    dz1 = (dz2 @ params["W2"].T) * (cache["z1"] > 0)
    grads["W1"] = x.T @ dz1
    grads["b1"] = dz1
    return grads


for epoch in range(501):
    p, cache = forward(params, data)
    loss = -np.mean(label * np.log(p + 1e-9) + (1 - label) * np.log(1 - p + 1e-9))
    grads = backward(params, cache, data, label)
    for key in params:
        params[key] = params[key] - 0.5 * grads[key]
    if epoch % 100 == 0:
        print("epoch", epoch, "loss", loss, "acc", np.mean((p > 0.5) == label))

# a new flower
new = (np.array([[1.6, 0.35]]) - mean) / std
print("new flower:", forward(params, new)[0])
