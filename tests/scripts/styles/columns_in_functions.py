import numpy as np


def logistic(z):
    return 1.0 / (1.0 + np.exp(-z))


def tanh_prime(z):
    return 1 - np.tanh(z) ** 2
    #? hidden-slope-twice: return (1 - np.tanh(z) ** 2) ** 2
    #? slope-of-another-activation: return np.tanh(z) * (1 - np.tanh(z))
    #? activation-for-slope: return np.tanh(z)
    #? slope-fed-with-z: return 1 - z ** 2


def make_parameters():
    rng = np.random.RandomState(5)
    return [
        rng.normal(0, 0.8, (3, 3)), rng.normal(0, 0.3, (3, 1)),
        rng.normal(0, 0.8, (3, 3)), rng.normal(0, 0.3, (3, 1)),
        rng.normal(0, 0.8, (1, 3)), rng.normal(0, 0.3, (1, 1)),
    ]


def forward(X, theta):
    w1, c1, w2, c2, w3, c3 = theta
    z1 = np.dot(w1, X) + c1
    h1 = np.tanh(z1)
    z2 = np.dot(w2, h1) + c2
    h2 = np.tanh(z2)
    p = logistic(np.dot(w3, h2) + c3)
    return z1, h1, z2, h2, p


def cost(p, T):
    return 0.5 * np.sum((p - T) ** 2) / T.shape[1]


def backward(X, T, theta, tape, rate):
    w1, c1, w2, c2, w3, c3 = theta
    z1, h1, z2, h2, p = tape
    m = X.shape[1]
    diff = (p - T) / m
    #? wrong-sign: diff = (T - p) / m
    #? half-the-gradient: diff = 0.5 * (p - T) / m
    #? times-the-rate: diff = rate * (p - T) / m
    #? loss-of-another-kind: diff = np.sign(p - T) / m
    #? sum-over-batch: diff = p - T
    #? mean-again: diff = (p - T) / m ** 2
    delta3 = diff * p * (1 - p)
    #? no-output-slope: delta3 = diff
    #? output-slope-twice: delta3 = diff * p ** 2 * (1 - p) ** 2
    g_w3 = np.dot(delta3, h2.T)
    #? weight-for-input: g_w3 = delta3.sum() * w3
    #? z-for-input: g_w3 = np.dot(delta3, z2.T)
    #? raw-input: g_w3 = np.dot(delta3, X.T)
    #? own-output: g_w3 = np.dot(delta3, p.T)
    #? no-input: g_w3 = delta3.sum()
    g_c3 = np.sum(delta3, axis=1, keepdims=True)
    delta2 = np.dot(w3.T, delta3) * tanh_prime(z2)
    #? error-carried-back: delta2 = np.dot(w3.T, diff) * tanh_prime(z2)
    #? raw-error-carried-back: delta2 = diff * tanh_prime(z2)
    #? not-through-weights: delta2 = delta3 * tanh_prime(z2)
    #? no-hidden-slope: delta2 = np.dot(w3.T, delta3)
    #? slope-of-activation: delta2 = np.dot(w3.T, delta3) * tanh_prime(h2)
    #? slope-of-another-layer: delta2 = np.dot(w3.T, delta3) * tanh_prime(z1)
    g_w2 = np.dot(delta2, h1.T)
    #? transposed-gradient: g_w2 = np.dot(h1, delta2.T)
    g_c2 = np.sum(delta2, axis=1, keepdims=True)
    #? no-bias-gradient: g_c2 = 0 * c2
    #? bias-times-input: g_c2 = np.sum(delta2 * h1[:1], axis=1, keepdims=True)
    #? bias-mean-again: g_c2 = np.mean(delta2, axis=1, keepdims=True)
    #? bias-sum: g_c2 = np.sum(delta2, axis=1, keepdims=True) * m

    #? through-updated-weights: w2 = w2 - rate * g_w2
    delta1 = np.dot(w2.T, delta2) * tanh_prime(z1)
    #? through-transposed-weights: delta1 = np.dot(w2, delta2) * tanh_prime(z1)
    #? through-another-layers-weights: delta1 = np.dot(w1.T, delta2) * tanh_prime(z1)
    #? through-updated-weights: delta1 = np.dot(w2.T, delta2) * tanh_prime(z1)
    g_w1 = np.dot(delta1, X.T)
    #? layer-never-updated: g_w1 = np.zeros_like(w1)
    g_c1 = np.sum(delta1, axis=1, keepdims=True)
    return [g_w1, g_c1, g_w2, g_c2, g_w3, g_c3]


def train(X, T, rate=0.5, steps=2000):
    theta = make_parameters()
    for step in range(steps):
        tape = forward(X, theta)
        grads = backward(X, T, theta, tape, rate)
        theta = [t - rate * g for t, g in zip(theta, grads)]
        if step % 400 == 0:
            print("step", step, "cost", cost(tape[-1], T))
    return theta


rng = np.random.RandomState(0)
X = rng.uniform(-1, 1, (3, 30))
T = (X[:1] * X[1:2] + 0.3 * X[2:] > 0) * 1.0
theta = train(X, T)
print("right:", np.mean((forward(X, theta)[-1] > 0.5) == (T > 0.5)))
