import numpy as np

np.random.seed(17)


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


# running maximum of a noisy sequence, told at the end
N, L = 7, 5
shapes = {"Wz": (N, 1), "Uz": (N, N), "bz": (N, 1), "Wr": (N, 1), "Ur": (N, N), "br": (N, 1),
          "Wh": (N, 1), "Uh": (N, N), "bh": (N, 1), "Wo": (1, N), "bo": (1, 1)}
p = {name: np.random.randn(*s) * 0.35 if name[0] != "b" else np.zeros(s) for name, s in shapes.items()}


def run(seq):
    h = np.zeros((N, 1))
    tape = []
    for x in seq:
        z = sigmoid(p["Wz"] * x + p["Uz"] @ h + p["bz"])
        r = sigmoid(p["Wr"] * x + p["Ur"] @ h + p["br"])
        n = np.tanh(p["Wh"] * x + p["Uh"] @ (r * h) + p["bh"])
        new = (1 - z) * h + z * n
        tape.append((x, h, z, r, n))
        h = new
    return tape, h, p["Wo"] @ h + p["bo"]


def grad(tape, last, diff):
    g = {name: np.zeros_like(v) for name, v in p.items()}
    g["Wo"] += diff @ last.T
    g["bo"] += diff
    dh = p["Wo"].T @ diff
    for x, h, z, r, n in tape[::-1]:
        dn = dh * z * (1 - n * n)
        dz = dh * (n - h) * z * (1 - z)
        drh = p["Uh"].T @ dn
        dr = drh * h * r * (1 - r)
        g["Wh"] += dn * x
        g["Uh"] += dn @ (r * h).T
        g["bh"] += dn
        g["Wz"] += dz * x
        g["Uz"] += dz @ h.T
        g["bz"] += dz
        g["Wr"] += dr * x
        g["Ur"] += dr @ h.T
        g["br"] += dr
        dh = dh * (1 - z) + drh * r + p["Uz"].T @ dz + p["Ur"].T @ dr
    return g


lr, seen = 0.1, []
for step in range(1, 5001):
    seq = np.random.uniform(-1, 1, L)
    tape, last, out = run(seq)
    diff = out - seq.max()
    seen.append(float((diff ** 2).sum()))
    for name, d in grad(tape, last, diff).items():
        p[name] -= lr * d
    if step % 1000 == 0:
        print("step", step, "squared error", np.mean(seen[-1000:]))
