import numpy as np

from nn import Activation, FullyConnected, Net


def mse(y_true, y_pred):
    return np.mean(np.power(y_true - y_pred, 2))


def mse_prime(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_true.size


def tanh_prime(x):
    return 1 - np.tanh(x) ** 2


np.random.seed(2)
x_train = np.array([[[0, 0]], [[0, 1]], [[1, 0]], [[1, 1]]])
y_train = np.array([[[0]], [[1]], [[1]], [[0]]])

net = Net(mse, mse_prime)
net.add(FullyConnected(2, 3))
net.add(Activation(np.tanh, tanh_prime))
net.add(FullyConnected(3, 1))
net.add(Activation(np.tanh, tanh_prime))
net.fit(x_train, y_train, epochs=1000, learning_rate=0.1)
print(net.predict(x_train))
