import numpy as np

np.random.seed(0)

# letters as 4x4 pixels: L, T, X
letters = {
    "L": "1000 1000 1000 1111",
    "T": "1111 0100 0100 0100",
    "X": "1001 0110 0110 1001",
}
X, y = [], []
for n in range(90):
    k = n % 3
    pixels = np.array([int(c) for c in list(letters.values())[k].replace(" ", "")], dtype=float)
    X.append(pixels + 0.3 * np.random.randn(16))
    y.append(k)
X, y = np.array(X), np.array(y)

W = 0.01 * np.random.randn(16, 3)
b = np.zeros((1, 3))
reg = 1e-3
num_examples = X.shape[0]

for i in range(200):
    scores = np.dot(X, W) + b
    exp_scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs = exp_scores / exp_scores.sum(axis=1, keepdims=True)
    data_loss = -np.log(probs[range(num_examples), y]).mean()
    reg_loss = 0.5 * reg * np.sum(W * W)
    if i % 40 == 0:
        print("iteration %d: loss %f" % (i, data_loss + reg_loss))

    dscores = probs.copy()
    dscores[:, y] -= 1
    dscores /= num_examples
    dW = np.dot(X.T, dscores) + reg * W
    db = dscores.sum(axis=0, keepdims=True)
    W += -0.5 * dW
    b += -0.5 * db

print("training accuracy:", np.mean(np.argmax(scores, axis=1) == y))
