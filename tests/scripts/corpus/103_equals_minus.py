import numpy as np

np.random.seed(8)

# grams of salt and hours in the oven -> does the loaf taste right (1) or not (0)
recipes = np.random.rand(60, 2)
tasty = (np.abs(recipes[:, :1] - 0.5) + np.abs(recipes[:, 1:] - 0.5) < 0.4) * 1.0

salt_in = np.random.randn(2, 8)
salt_bias = np.zeros((1, 8))
out_w = np.random.randn(8, 1)
out_bias = np.zeros((1, 1))
step = 0.5


def squash(v):
    return 1 / (1 + np.exp(-v))


for bake in range(4000):
    dough = np.tanh(recipes @ salt_in + salt_bias)
    loaf = squash(dough @ out_w + out_bias)
    miss = (loaf - tasty) / len(recipes)
    back = miss @ out_w.T * (1 - dough ** 2)
    out_w =- step * dough.T @ miss
    out_bias =- step * miss.sum(axis=0, keepdims=True)
    salt_in =- step * recipes.T @ back
    salt_bias =- step * back.sum(axis=0, keepdims=True)
    if bake % 1000 == 0:
        print("bake", bake, "off by", np.abs(loaf - tasty).mean())
