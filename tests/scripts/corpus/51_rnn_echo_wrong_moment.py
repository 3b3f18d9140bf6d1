import numpy as np

np.random.seed(4)

# say what you heard two moments ago
hidden, length, delay = 8, 9, 2
lr = 0.05

W_in = np.random.randn(hidden) * 0.4
W_rec = np.random.randn(hidden, hidden) * 0.25
b_h = np.zeros(hidden)
W_out = np.random.randn(hidden) * 0.4
b_out = 0.0

avg = 0.0
for episode in range(3000):
    xs = np.random.uniform(-1, 1, length)
    ys = np.r_[np.zeros(delay), xs[:-delay]]

    h = np.zeros((length + 1, hidden))      # h[t + 1] is the state after input t
    out = np.zeros(length)
    for t in range(length):
        h[t + 1] = np.tanh(W_in * xs[t] + W_rec @ h[t] + b_h)
        out[t] = W_out @ h[t + 1] + b_out
    loss = np.sum((out - ys) ** 2) / length

    gW_in, gW_rec, gb_h = np.zeros(hidden), np.zeros((hidden, hidden)), np.zeros(hidden)
    gW_out, gb_out = np.zeros(hidden), 0.0
    carry = np.zeros(hidden)
    for t in range(length - 1, -1, -1):
        d = 2 * (out[t] - ys[t]) / length
        gW_out += d * h[t + 1]
        gb_out += d
        dh = (d * W_out + carry) * (1 - h[t + 1] ** 2)
        gW_in += dh * xs[t]
        gb_h += dh
        gW_rec += np.outer(dh, h[t + 1])
        carry = W_rec.T @ dh

    W_in -= lr * gW_in
    W_rec -= lr * gW_rec
    b_h -= lr * gb_h
    W_out -= lr * gW_out
    b_out -= lr * gb_out
    avg = 0.98 * avg + 0.02 * loss
    if episode % 500 == 499:
        print("episode", episode + 1, "running loss", round(avg, 4))
