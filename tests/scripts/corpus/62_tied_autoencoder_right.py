import numpy as np

np.random.seed(8)

# autoencoder with tied weights: the decoder uses the encoder's matrix transposed
data = np.random.randn(150, 2) @ np.random.randn(2, 8) + 0.05 * np.random.randn(150, 8)
data /= data.std()

W = 0.3 * np.random.randn(8, 3)
enc_bias = np.zeros(3)
dec_bias = np.zeros(8)


def encode(x):
    return np.tanh(x @ W + enc_bias)


def decode(code):
    return code @ W.T + dec_bias


for epoch in range(800):
    code = encode(data)
    again = decode(code)
    diff = again - data
    loss = 0.5 * np.sum(diff ** 2) / len(data)
    if epoch % 100 == 0:
        print("epoch", epoch, "reconstruction error", loss)

    d_again = diff / len(data)
    d_code = (d_again @ W) * (1 - code ** 2)
    dW = data.T @ d_code + d_again.T @ code      # it is used twice
    W -= 0.05 * dW
    dec_bias -= 0.05 * d_again.sum(axis=0)
    enc_bias -= 0.05 * d_code.sum(axis=0)

print("a code:", encode(data[:1]).round(2))
