import math, random

random.seed(4)

N_IN, N_HID, N_OUT = 3, 3, 3
LR = 0.5


def sigmoid(x):
    return 1.0 / (1.0 + math.exp(-x))


def random_matrix(rows, cols):
    return [[random.uniform(-1, 1) for _ in range(cols)] for _ in range(rows)]


w_ih = random_matrix(N_IN, N_HID)      # w_ih[i][h]: from input i to hidden h
w_ho = random_matrix(N_HID, N_OUT)     # w_ho[h][o]
b_h = [0.0] * N_HID
b_o = [0.0] * N_OUT


def forward(inp):
    hid = []
    for h in range(N_HID):
        net = b_h[h]
        for i in range(N_IN):
            net += inp[i] * w_ih[i][h]
        hid.append(sigmoid(net))
    out = []
    for o in range(N_OUT):
        net = b_o[o]
        for h in range(N_HID):
            net += hid[h] * w_ho[h][o]
        out.append(sigmoid(net))
    return hid, out


def train_one(inp, target):
    hid, out = forward(inp)
    d_out = []
    for o in range(N_OUT):
        d_out.append((out[o] - target[o]) * out[o] * (1 - out[o]))
    d_hid = []
    for h in range(N_HID):
        s = 0.0
        for o in range(N_OUT):
            s += d_out[o] * w_ho[o][h]
        d_hid.append(s * hid[h] * (1 - hid[h]))
    for h in range(N_HID):
        for o in range(N_OUT):
            w_ho[h][o] -= LR * d_out[o] * hid[h]
    for o in range(N_OUT):
        b_o[o] -= LR * d_out[o]
    for i in range(N_IN):
        for h in range(N_HID):
            w_ih[i][h] -= LR * d_hid[h] * inp[i]
    for h in range(N_HID):
        b_h[h] -= LR * d_hid[h]
    return sum(0.5 * (o - t) ** 2 for o, t in zip(out, target))


# three outputs: all of them on?  any?  an odd number?
table = []
for n in range(8):
    bits = [n & 1, n >> 1 & 1, n >> 2 & 1]
    table.append((bits, [int(all(bits)), int(any(bits)), sum(bits) % 2]))

for epoch in range(3000):
    e = 0
    for bits, goal in table:
        e += train_one(bits, goal)
    if epoch % 500 == 0:
        print("epoch %5d  error %.4f" % (epoch, e))

for bits, goal in table:
    print(bits, goal, ["%.2f" % v for v in forward(bits)[1]])
