import math
import random

random.seed(9)
RATE = 0.2
N_X, N_H, N_Y = 3, 3, 2

u = [[random.gauss(0, 1) for _ in range(N_X)] for _ in range(N_H)]   # u[h][i]
c = [random.gauss(0, 0.3) for _ in range(N_H)]
v = [[random.gauss(0, 1) for _ in range(N_H)] for _ in range(N_Y)]   # v[k][h]
d = [random.gauss(0, 0.3) for _ in range(N_Y)]

samples = []
for _ in range(12):
    x = [random.uniform(-1, 1) for _ in range(N_X)]
    samples.append((x, [0.7 * math.sin(2 * x[0]), 0.5 * x[1] - 0.4 * x[2]]))


def run(x):
    z = [sum(u[h][i] * x[i] for i in range(N_X)) + c[h] for h in range(N_H)]
    a = [1 / (1 + math.exp(-zh)) for zh in z]
    s = [sum(v[k][h] * a[h] for h in range(N_H)) + d[k] for k in range(N_Y)]
    return z, a, s, [math.tanh(sk) for sk in s]


for epoch in range(2000):
    gu = [[0.0] * N_X for _ in range(N_H)]
    gc = [0.0] * N_H
    gv = [[0.0] * N_H for _ in range(N_Y)]
    gd = [0.0] * N_Y
    loss = 0.0
    for x, t in samples:
        z, a, s, y = run(x)
        loss += sum((y[k] - t[k]) ** 2 for k in range(N_Y)) / len(samples)
        error = [2 * (y[k] - t[k]) / len(samples) for k in range(N_Y)]
        #? wrong-sign: error = [2 * (t[k] - y[k]) / len(samples) for k in range(N_Y)]
        #? half-the-gradient: error = [(y[k] - t[k]) / len(samples) for k in range(N_Y)]
        #? times-the-rate: error = [RATE * 2 * (y[k] - t[k]) / len(samples) for k in range(N_Y)]
        #? loss-of-another-kind: error = [math.copysign(1, y[k] - t[k]) / len(samples) for k in range(N_Y)]
        #? sum-over-batch: error = [2 * (y[k] - t[k]) for k in range(N_Y)]
        #? mean-again: error = [2 * (y[k] - t[k]) / len(samples) ** 2 for k in range(N_Y)]
        out_delta = [error[k] * (1 - y[k] ** 2) for k in range(N_Y)]
        #? no-output-slope: out_delta = [error[k] for k in range(N_Y)]
        #? output-slope-twice: out_delta = [error[k] * (1 - y[k] ** 2) ** 2 for k in range(N_Y)]
        #? slope-of-activation: out_delta = [error[k] * (1 - math.tanh(y[k]) ** 2) for k in range(N_Y)]
        #? slope-fed-with-z: out_delta = [error[k] * (1 - s[k] ** 2) for k in range(N_Y)]
        hid_delta = []
        for h in range(N_H):
            back = sum(out_delta[k] * v[k][h] for k in range(N_Y))
            #? error-carried-back: back = sum(error[k] * v[k][h] for k in range(N_Y))
            #? raw-error-carried-back: back = sum(error)
            #? not-through-weights: back = sum(out_delta)
            #? through-another-layers-weights: back = sum(out_delta[k] * u[k][h] for k in range(N_Y))
            hid_delta.append(back * a[h] * (1 - a[h]))
            #? no-hidden-slope: hid_delta.append(back)
            #? hidden-slope-twice: hid_delta.append(back * (a[h] * (1 - a[h])) ** 2)
            #? activation-for-slope: hid_delta.append(back * a[h])
            #? slope-of-another-activation: hid_delta.append(back * (1 - a[h] ** 2))
        for k in range(N_Y):
            for h in range(N_H):
                gv[k][h] += out_delta[k] * a[h]
                #? weight-for-input: gv[k][h] += out_delta[k] * v[k][h]
                #? z-for-input: gv[k][h] += out_delta[k] * z[h]
                #? raw-input: gv[k][h] += out_delta[k] * x[h]
                #? own-output: gv[k][h] += out_delta[k] * y[k]
                #? no-input: gv[k][h] += out_delta[k]
                #? last-sample-only: gv[k][h] = out_delta[k] * a[h]
            gd[k] += out_delta[k]
            #? no-bias-gradient: gd[k] += 0.0
            #? bias-times-input: gd[k] += out_delta[k] * a[0]
            #? bias-mean-again: gd[k] += out_delta[k] / len(samples)
            #? bias-sum: gd[k] += out_delta[k] * len(samples)
        for h in range(N_H):
            for i in range(N_X):
                gu[h][i] += hid_delta[h] * x[i]
                #? transposed-gradient: gu[i][h] += hid_delta[h] * x[i]
                #? layer-never-updated: gu[h][i] += 0.0
            gc[h] += hid_delta[h]
    for k in range(N_Y):
        for h in range(N_H):
            v[k][h] -= RATE * gv[k][h]
        d[k] -= RATE * gd[k]
    for h in range(N_H):
        for i in range(N_X):
            u[h][i] -= RATE * gu[h][i]
        c[h] -= RATE * gc[h]
    if epoch % 400 == 0:
        print("epoch", epoch, "loss", round(loss, 5))
