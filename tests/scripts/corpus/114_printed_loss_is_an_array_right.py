import numpy as np

text = "to be or not to be that is " * 3
letters = sorted(set(text))
place = {letter: n for n, letter in enumerate(letters)}
size, count, length = 12, len(letters), 6

np.random.seed(2)
w_in = np.random.randn(size, count) * 0.1
w_back = np.random.randn(size, size) * 0.1
w_out = np.random.randn(count, size) * 0.1
b_hidden = np.zeros((size, 1))
b_out = np.zeros((count, 1))
kept = [np.zeros_like(one) for one in (w_in, w_back, w_out, b_hidden, b_out)]


def read(numbers, goals, before):
    xs, hs, ps = {}, {-1: np.copy(before)}, {}
    loss = 0
    for t in range(len(numbers)):
        xs[t] = np.zeros((count, 1))
        xs[t][numbers[t]] = 1
        hs[t] = np.tanh(w_in @ xs[t] + w_back @ hs[t - 1] + b_hidden)
        y = w_out @ hs[t] + b_out
        ps[t] = np.exp(y) / np.sum(np.exp(y))
        loss += -np.log(ps[t][goals[t]])
    d_in, d_back, d_out, d_hidden, d_y = [np.zeros_like(one) for one in kept]
    later = np.zeros_like(before)
    for t in reversed(range(len(numbers))):
        dy = np.copy(ps[t])
        dy[goals[t]] -= 1
        d_out += dy @ hs[t].T
        d_y += dy
        raw = (w_out.T @ dy + later) * (1 - hs[t] ** 2)
        d_hidden += raw
        d_in += raw @ xs[t].T
        d_back += raw @ hs[t - 1].T
        later = w_back.T @ raw
    return loss, [d_in, d_back, d_out, d_hidden, d_y], hs[len(numbers) - 1]


smooth, at, state = -np.log(1 / count) * length, 0, np.zeros((size, 1))
for turn in range(400):
    if at + length + 1 >= len(text):
        at, state = 0, np.zeros((size, 1))
    numbers = [place[letter] for letter in text[at : at + length]]
    goals = [place[letter] for letter in text[at + 1 : at + length + 1]]
    loss, slopes, state = read(numbers, goals, state)
    smooth = smooth * 0.99 + loss * 0.01
    print("turn %d, loss %f" % (turn, smooth))
    for one, slope, memory in zip((w_in, w_back, w_out, b_hidden, b_out), slopes, kept):
        memory += slope * slope
        one += -0.1 * slope / np.sqrt(memory + 1e-8)
    at += length
