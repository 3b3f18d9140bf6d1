import numpy as np
np.random.seed(7)

def sig(a): return 1.0/(1.0+np.exp(-a))

T, D, H = 6, 2, 6
# first input channel: a number, second: 1 if that number has to be remembered till the end
p = {}
for gate in ["f", "i", "o", "g"]:
    p["W"+gate] = np.random.randn(H, D)*0.4
    p["U"+gate] = np.random.randn(H, H)*0.2
    p["b"+gate] = np.zeros((H, 1))
p["Wy"] = np.random.randn(1, H)*0.4
p["by"] = np.zeros((1, 1))
lr = 0.05

def new_sequence():
    seq = np.zeros((T, D, 1))
    seq[:, 0, 0] = np.random.uniform(-1, 1, T)
    k = np.random.randint(T-1)
    seq[k, 1, 0] = 1
    return seq, seq[k, 0, 0]

running = None
for it in range(4001):
    seq, want = new_sequence()
    h, c = {-1: np.zeros((H, 1))}, {-1: np.zeros((H, 1))}
    f, i, o, g = {}, {}, {}, {}
    for t in range(T):
        f[t] = sig(p["Wf"] @ seq[t] + p["Uf"] @ h[t-1] + p["bf"])
        i[t] = sig(p["Wi"] @ seq[t] + p["Ui"] @ h[t-1] + p["bi"])
        o[t] = sig(p["Wo"] @ seq[t] + p["Uo"] @ h[t-1] + p["bo"])
        g[t] = np.tanh(p["Wg"] @ seq[t] + p["Ug"] @ h[t-1] + p["bg"])
        c[t] = f[t]*c[t-1] + i[t]*g[t]
        h[t] = o[t]*np.tanh(c[t])
    y = p["Wy"] @ h[T-1] + p["by"]
    loss = ((y - want)**2).item()
    running = loss if running is None else 0.995*running + 0.005*loss

    d = {k: np.zeros_like(v) for k, v in p.items()}
    dy = 2*(y - want)
    d["Wy"] += dy @ h[T-1].T
    d["by"] += dy
    dh, dc = p["Wy"].T @ dy, np.zeros((H, 1))
    for t in reversed(range(T)):
        dc = dc + dh*o[t]*(1 - np.tanh(c[t])**2)
        raw = {
            "o": dh*np.tanh(c[t])*o[t]*(1-o[t]),
            "f": dc*c[t]*f[t]*(1-f[t]),
            "i": dc*g[t]*i[t]*(1-i[t]),
            "g": dc*i[t]*(1-g[t]**2),
        }
        dh = np.zeros((H, 1))
        for gate, dz in raw.items():
            d["W"+gate] += dz @ seq[t].T
            d["U"+gate] += dz @ h[t-1].T
            d["b"+gate] += dz
            dh += p["U"+gate].T @ dz
        dc = dc*f[t]
    for k in p:
        p[k] -= lr*d[k]
    if it % 800 == 0:
        print("iteration", it, "loss", round(running, 4))
