import numpy as np

X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])   # the last column is always 1
y = np.array([[0], [1], [1], [0]])

np.random.seed(1)
input_neurons, hidden_neurons, output_neurons = 3, 4, 1
W1 = np.random.uniform(-1, 1, size=(input_neurons, hidden_neurons))
b1 = np.zeros((1, hidden_neurons))
W2 = np.random.uniform(-1, 1, size=(hidden_neurons, output_neurons))
b2 = np.zeros((1, output_neurons))
learning_rate = 0.5
loss_history = []


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_derivative(x):
    return x * (1 - x)


for epoch in range(6000):
    hidden_output = sigmoid(np.dot(X, W1) + b1)
    predicted_output = sigmoid(np.dot(hidden_output, W2) + b2)

    error = y - predicted_output
    loss_history.append(np.mean(np.square(error)))

    d_output = error * sigmoid_derivative(predicted_output)
    d_hidden = d_output.dot(W2.T) * sigmoid_derivative(hidden_output)
    W2 += hidden_output.T.dot(d_output) * learning_rate
    W1 += X.T.dot(d_hidden) * learning_rate

print("first loss", loss_history[0], "last loss", loss_history[-1])
print(np.round(predicted_output, 3))
