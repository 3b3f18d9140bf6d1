import numpy as np

np.random.seed(12)
# does a coin that was thrown three times show its face twice or more?
throws = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
often = (throws.sum(axis=1, keepdims=True) >= 2) * 1.0


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


first = np.random.randint(-1, 2, (3, 4))
first_bias = np.zeros((1, 4))
last = np.random.randn(4, 1)
last_bias = np.zeros((1, 1))
for round in range(3000):
    hidden = sigmoid(throws @ first + first_bias)
    guess = sigmoid(hidden @ last + last_bias)
    d_guess = (guess - often) * guess * (1 - guess) / len(throws)
    d_hidden = d_guess @ last.T * hidden * (1 - hidden)
    last[:] = last - 2.0 * hidden.T @ d_guess
    last_bias[:] = last_bias - 2.0 * d_guess.sum(axis=0, keepdims=True)
    first[:] = first - 2.0 * throws.T @ d_hidden
    first_bias[:] = first_bias - 2.0 * d_hidden.sum(axis=0, keepdims=True)
print(guess.round(2).ravel())
