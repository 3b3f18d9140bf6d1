import numpy as np
np.random.seed(16)

inp = np.array([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
exp_out = np.array([[1.], [0.], [0.], [1.]])

hidden_w = np.random.uniform(-1, 1, (2, 4))
hidden_b = np.random.uniform(-1, 1, (1, 4))
output_w = np.random.uniform(-1, 1, (4, 1))
output_b = np.random.uniform(-1, 1, (1, 1))

def sigmoid(x): return 1 / (1 + np.exp(-x))
def d_sigmoid(s): return s * (1 - s)

for epoch in range(5000):
    # forward
    h = sigmoid(np.dot(inp, hidden_w) + hidden_b)
    o = sigmoid(np.dot(h, output_w) + output_b)

    # backward
    error = exp_out - o
    d_o = error * d_sigmoid(o)
    d_h = d_o.dot(output_w.T) * d_sigmoid(h)

    # update
    output_w += h.T.dot(d_o) * 0.8
    output_b += np.sum(d_o, axis=0, keepdims=True) * 0.8
    hidden_w += inp.T.dot(d_h) * 0.8
    hidden_b += np.sum(d_h, axis=1) * 0.8

    if epoch % 1000 == 0:
        print("squared error", np.sum(error ** 2))

print(o.round(3).tolist())
