import numpy as np


class Layer:
    def __init__(self):
        self.input = None
        self.output = None


class FullyConnected(Layer):
    def __init__(self, input_size, output_size):
        super().__init__()
        self.weights = np.random.rand(input_size, output_size) - 0.5
        self.bias = np.random.rand(1, output_size) - 0.5

    def forward(self, data):
        self.input = data
        self.output = np.dot(self.input, self.weights) + self.bias
        return self.output

    def backward(self, output_error, learning_rate):
        input_error = np.dot(output_error, self.weights.T)
        weights_error = np.dot(self.input.T, output_error)
        self.weights -= learning_rate * weights_error
        self.bias -= learning_rate * output_error
        return input_error


class Activation(Layer):
    def __init__(self, function, prime):
        super().__init__()
        self.function, self.prime = function, prime

    def forward(self, data):
        self.input = data
        self.output = self.function(data)
        return self.output

    def backward(self, output_error, learning_rate):
        return self.prime(self.input) * output_error


class Net:
    def __init__(self, loss, loss_prime):
        self.layers = []
        self.loss, self.loss_prime = loss, loss_prime

    def add(self, layer):
        self.layers.append(layer)

    def predict(self, rows):
        result = []
        for row in rows:
            out = row
            for layer in self.layers:
                out = layer.forward(out)
            result.append(out)
        return result

    def fit(self, x_train, y_train, epochs, learning_rate):
        for epoch in range(epochs):
            err = 0
            for x, y in zip(x_train, y_train):
                out = x
                for layer in self.layers:
                    out = layer.forward(out)
                err += self.loss(y, out)
                error = self.loss_prime(y, out)
                for layer in reversed(self.layers):
                    error = layer.backward(error, learning_rate)
            if epoch % 100 == 0:
                print("epoch %d/%d   error=%f" % (epoch + 1, epochs, err / len(x_train)))
