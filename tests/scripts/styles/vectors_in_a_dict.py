import numpy as np

np.random.seed(21)

net = {
    "A": np.random.randn(3, 3), "a": np.random.randn(3) * 0.3,
    "B": np.random.randn(3, 3), "b": np.random.randn(3) * 0.3,
    "C": np.random.randn(3, 3), "c": np.random.randn(3) * 0.3,
}
eta = 0.2


def bend(v):
    return np.tanh(v)


def bend_slope(h):
    return 1 - h ** 2
    #? hidden-slope-twice: return (1 - h ** 2) ** 2
    #? slope-of-another-activation: return h * (1 - h)
    #? activation-for-slope: return h
    #? no-hidden-slope: return np.ones_like(h)


def think(x):
    p = net["A"] @ x + net["a"]
    h = bend(p)
    q = net["B"] @ h + net["b"]
    g = bend(q)
    return p, h, q, g, 1 / (1 + np.exp(-(net["C"] @ g + net["c"])))


def slopes(x, goal):
    p, h, q, g, y = think(x)
    miss = 2 * (y - goal)
    #? wrong-sign: miss = 2 * (goal - y)
    #? half-the-gradient: miss = y - goal
    #? times-the-rate: miss = eta * 2 * (y - goal)
    #? loss-of-another-kind: miss = np.sign(y - goal)
    dy = miss * y * (1 - y)
    #? output-slope-twice: dy = miss * (y * (1 - y)) ** 2
    dg = net["C"].T @ dy * bend_slope(g)
    #? error-carried-back: dg = net["C"].T @ miss * bend_slope(g)
    #? raw-error-carried-back: dg = miss.sum() * bend_slope(g)
    #? not-through-weights: dg = dy.sum() * bend_slope(g)
    #? slope-of-another-layer: dg = net["C"].T @ dy * bend_slope(h)
    #? slope-of-activation: dg = net["C"].T @ dy * bend_slope(bend(g))
    #? slope-fed-with-z: dg = net["C"].T @ dy * bend_slope(q)
    #? through-transposed-weights: dg = net["C"] @ dy * bend_slope(g)
    dh = net["B"].T @ dg * bend_slope(h)
    #? through-another-layers-weights: dh = net["A"].T @ dg * bend_slope(h)
    return {
        "C": np.outer(dy, g),
        #? weight-for-input: "C": net["C"] * dy[:, None],
        #? z-for-input: "C": np.outer(dy, q),
        #? raw-input: "C": np.outer(dy, x),
        #? own-output: "C": np.outer(dy, y),
        #? no-input: "C": np.outer(dy, np.ones(3)),
        "c": dy,
        #? no-bias-gradient: "c": 0 * dy,
        #? bias-times-input: "c": dy * g[0],
        "B": np.outer(dg, h),
        #? transposed-gradient: "B": np.outer(h, dg),
        "b": dg,
        "A": np.outer(dh, x),
        #? layer-never-updated: "A": np.zeros((3, 3)),
        "a": dh,
    }


points = np.random.uniform(-1, 1, (18, 3))
goals = np.column_stack([points[:, 0] * points[:, 1] > 0, points[:, 1] > points[:, 2], np.abs(points[:, 0]) > 0.5]) * 1.0

for turn in range(300):
    order = np.random.permutation(18)
    for start in range(0, 18, 6):
        total = {name: np.zeros_like(value) for name, value in net.items()}
        for k in order[start:start + 6]:
            for name, slope in slopes(points[k], goals[k]).items():
                total[name] += slope / 6
                #? last-sample-only: total[name] = slope / 6
                #? sum-over-batch: total[name] += slope
                #? mean-again: total[name] += slope / 36
                #? bias-mean-again: total[name] += slope / (6 if slope.ndim == 2 else 36)
                #? bias-sum: total[name] += slope / (6 if slope.ndim == 2 else 1)
        for name in net:
            #? leftovers: for name in net:
            net[name] -= eta * total[name]
                #? leftovers: net[name] -= eta * total[name]
    if turn % 50 == 0:
        print("turn", turn, "loss", np.mean([np.sum((think(x)[-1] - t) ** 2) for x, t in zip(points, goals)]))
