import numpy as np

# learn to turn degrees C into F (both divided by 100) the hard way, with a hidden layer

np.random.seed(2)
celsius = np.random.uniform(-40, 100, size=(64, 1))
fahrenheit = celsius * 9 / 5 + 32
x_train = celsius / 100
y_train = fahrenheit / 100


def initialise(hidden):
    w1 = np.random.randn(1, hidden) * 0.5
    w2 = np.random.randn(hidden, 1) * 0.5
    return w1, np.zeros((1, hidden)), w2, np.zeros((1, 1))


def predict(x, theta):
    w1, b1, w2, b2 = theta
    hidden = np.maximum(0.01 * (x @ w1 + b1), x @ w1 + b1)
    return hidden, hidden @ w2 + b2


def gradients(x, y, theta):
    w1, b1, w2, b2 = theta
    hidden, y_hat = predict(x, theta)
    n = x.shape[0]
    residual = y_hat - y
    gw2 = 2 / n * hidden.T @ residual
    gb2 = 2 / n * residual.sum(axis=0, keepdims=True)
    back = residual @ w2.T * np.where(hidden > 0, 1.0, 0.01)
    gw1 = 2 / n * x.T @ back
    gb1 = 2 / n * back.sum(axis=0, keepdims=True)
    return gw1, gb1, gw2, gb2


def update(theta, grads, lr):
    w1, b1, w2, b2 = theta
    gw1, gb1, gw2, gb2 = grads
    return w1 - lr * gw1, b1 + lr * gb1, w2 - lr * gw2, b2 - lr * gb2


theta = initialise(6)
for epoch in range(400):
    grads = gradients(x_train, y_train, theta)
    theta = update(theta, grads, 0.05)
    if epoch % 40 == 0:
        mse = np.mean((predict(x_train, theta)[1] - y_train) ** 2)
        print(f"epoch {epoch}: mse {mse:.5f}")

for c in (-10, 0, 37, 100):
    f = predict(np.array([[c / 100]]), theta)[1][0, 0] * 100
    print(c, "C is about", round(f, 1), "F")
