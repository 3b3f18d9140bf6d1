import numpy as np

np.random.seed(31)

# bikes rented per hour (in hundreds): depends on the hour, the temperature, and on rain
hour = np.random.randint(0, 24, 200)
temp = np.random.uniform(-5, 32, 200)
rain = (np.random.rand(200) < 0.25).astype(float)
bikes = (1.5 + np.sin((hour - 9) / 24 * 2 * np.pi) + temp / 20) * (1 - 0.7 * rain)
inputs = np.column_stack([np.sin(hour / 24 * 2 * np.pi), np.cos(hour / 24 * 2 * np.pi), temp / 20, rain])
outputs = bikes[:, None]

n_hidden = 10
w1 = np.random.randn(4, n_hidden) * 0.5
b1 = np.zeros(n_hidden)
w2 = np.random.randn(n_hidden, 1) * 0.5
b2 = np.zeros(1)
vel = [np.zeros_like(p) for p in (w1, b1, w2, b2)]
mu = 0.9
lr = 0.01

for epoch in range(800):
    a = 1 / (1 + np.exp(-(inputs @ w1 + b1)))
    pred = a @ w2 + b2
    res = pred - outputs
    mse = (res ** 2).mean()

    g2 = 2 * res / len(res)
    g1 = g2 @ w2.T * a * 1 - a
    grads = [inputs.T @ g1, g1.sum(0), a.T @ g2, g2.sum(0)]

    for p, v, g in zip((w1, b1, w2, b2), vel, grads):
        v *= mu
        v -= lr * g
        p += v

    if epoch % 100 == 0:
        print(epoch, round(mse, 4))
