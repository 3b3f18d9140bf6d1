import numpy as np
np.random.seed(11)

# a weather vane: wind from (sin, cos) -> does it rain at our house?
direction = np.random.uniform(0, 2 * np.pi, 160)
x = np.stack([np.sin(direction), np.cos(direction)], 1)
y = ((direction > 3.5) & (direction < 5.5)).astype(float).reshape(-1, 1)

W = np.random.randn(2, 8); b = np.zeros(8)
V = np.random.randn(8, 1) * 0.3; c = np.zeros(1)
n = 0

while True:
    try:
        h = np.tanh(x @ W + b)
        p = 1 / (1 + np.exp(-(h @ V + c)))
        g = (p - y) / len(x)
        gh = g @ V.T * (1 - h * h)
        V -= 0.5 * h.T @ g
        c -= 0.5 * g.sum(0)
        W -= 0.5 * x.T @ gh
        b -= 0.5 * gh.sum(0)
        n += 1
        if n % 1000 == 0:
            print(n, "loss", -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)), "   (stop me with ctrl-c)")
    except KeyboardInterrupt:
        print("stopped after", n)
        break
