import numpy as np

np.random.seed(6)

# which of the last three days were sunny -> will it be sunny tomorrow
days = np.random.randint(0, 2, 203)
for k in range(3, 203):
    days[k] = days[k - 1] if np.random.rand() < 0.2 else 1 - days[k - 2]
records = np.array([days[k:k + 3] for k in range(200)], dtype=float)
tomorrow = days[3:203].astype(float)

W = np.random.normal(0, 0.5, (5, 3))
bw = np.zeros(5)
V = np.random.normal(0, 0.5, 5)
bv = 0.0
eta = 0.1

for epoch in range(10):
    loss = 0.0
    for i in range(len(records)):
        x = records[0]
        y = tomorrow[i]
        hidden = np.tanh(W @ x + bw)
        p = 1 / (1 + np.exp(-(V @ hidden + bv)))
        loss -= y * np.log(p) + (1 - y) * np.log(1 - p)
        d = p - y
        dh = d * V * (1 - hidden ** 2)
        V -= eta * d * hidden
        bv -= eta * d
        W -= eta * np.outer(dh, x)
        bw -= eta * dh
    print("epoch", epoch, "loss", loss / len(records))
