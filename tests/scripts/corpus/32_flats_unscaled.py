import numpy as np

np.random.seed(44)

# size in m2, year it was built, metres to the station  ->  expensive or not
size = np.random.uniform(25, 160, 150)
year = np.random.randint(1900, 2022, 150)
station = np.random.uniform(50, 3000, 150)
value = size * 20 + (year - 1900) * 5 - station * 0.5
X = np.stack([size, year, station], axis=1)
y = (value > np.median(value)).astype(float)[:, None]

W1 = np.random.randn(3, 8)
b1 = np.zeros((1, 8))
W2 = np.random.randn(8, 1)
b2 = np.zeros((1, 1))
learning_rate = 0.1
epochs = 1500

for epoch in range(epochs):
    A1 = np.tanh(X.dot(W1) + b1)
    A2 = 1 / (1 + np.exp(-(A1.dot(W2) + b2)))
    loss = -np.mean(y * np.log(A2 + 1e-8) + (1 - y) * np.log(1 - A2 + 1e-8))

    dZ2 = (A2 - y) / X.shape[0]
    dW2 = A1.T.dot(dZ2)
    db2 = np.sum(dZ2, axis=0, keepdims=True)
    dZ1 = dZ2.dot(W2.T) * (1 - A1 ** 2)
    dW1 = X.T.dot(dZ1)
    db1 = np.sum(dZ1, axis=0, keepdims=True)

    W1 = W1 - learning_rate * dW1
    b1 = b1 - learning_rate * db1
    W2 = W2 - learning_rate * dW2
    b2 = b2 - learning_rate * db2

    if epoch % 300 == 0:
        print(f"Epoch {epoch}, loss {loss:.4f}, accuracy {((A2 > 0.5) == y).mean():.2f}")
