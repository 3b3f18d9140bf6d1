import numpy as np

np.random.seed(13)


class Attention:
    def __init__(self, d):
        self.d = d
        self.WQ = np.random.randn(d, d) * 0.6
        self.WK = np.random.randn(d, d) * 0.6
        self.WV = np.random.randn(d, d) * 0.6

    def forward(self, x):
        self.x = x
        self.q, self.k, self.v = x @ self.WQ, x @ self.WK, x @ self.WV
        scores = self.q @ self.k.T / self.d ** 0.5
        e = np.exp(scores - scores.max(-1, keepdims=True))
        self.a = e / e.sum(-1, keepdims=True)
        return self.a @ self.v

    def backward(self, grad):
        d_a = grad @ self.v.T
        d_v = self.a.T @ grad
        d_scores = d_a * self.a * (1 - self.a) / self.d ** 0.5
        d_q = d_scores @ self.k
        d_k = d_scores.T @ self.q
        self.grads = {"WQ": self.x.T @ d_q, "WK": self.x.T @ d_k, "WV": self.x.T @ d_v}

    def update(self, lr):
        for name, g in self.grads.items():
            setattr(self, name, getattr(self, name) - lr * g)


# every token has to become the mean of the tokens that point the same way (first coordinate's sign)
sequences = np.random.randn(30, 6, 3)
goals = np.zeros_like(sequences)
for s, x in enumerate(sequences):
    for i in range(6):
        goals[s, i] = x[np.sign(x[:, 0]) == np.sign(x[i, 0])].mean(axis=0)

layer = Attention(3)
for epoch in range(150):
    loss = 0
    for x, goal in zip(sequences, goals):
        out = layer.forward(x)
        loss += np.mean((out - goal) ** 2)
        layer.backward(2 * (out - goal) / out.size)
        layer.update(0.5)
    if epoch % 25 == 0:
        print(epoch, "loss", loss / 30)
