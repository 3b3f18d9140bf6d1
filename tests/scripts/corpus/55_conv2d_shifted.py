import numpy as np
np.random.seed(11)

# 6x6 pictures: horizontal or vertical line?
def picture():
    img = 0.1*np.random.randn(6, 6)
    kind = np.random.randint(2)
    pos = np.random.randint(6)
    if kind: img[pos, :] += 1
    else: img[:, pos] += 1
    return img, kind

pictures = [picture() for _ in range(200)]

K = np.random.randn(4, 3, 3)*0.3     # four kernels
kb = np.zeros(4)
W = np.random.randn(2, 4*4*4)*0.1
b = np.zeros(2)
lr = 0.02

def convolve(img):
    out = np.zeros((4, 4, 4))
    for f in range(4):
        for i in range(4):
            for j in range(4):
                out[f, i, j] = np.sum(img[i:i+3, j:j+3]*K[f]) + kb[f]
    return out

for epoch in range(4):
    loss = 0; good = 0
    for img, kind in pictures:
        z = convolve(img)
        a = np.tanh(z)
        flat = a.reshape(-1)
        s = W @ flat + b
        p = np.exp(s - s.max()); p /= p.sum()
        loss -= np.log(p[kind]); good += p.argmax() == kind

        ds = p.copy(); ds[kind] -= 1
        dW = np.outer(ds, flat)
        dflat = W.T @ ds
        dz = dflat.reshape(4, 4, 4)*(1 - a**2)
        dK = np.zeros_like(K)
        for f in range(4):
            for i in range(3):
                for j in range(3):
                    dK[f, i, j] = np.sum(img[2-i:6-i, 2-j:6-j]*dz[f])
        dkb = dz.sum(axis=(1, 2))
        W -= lr*dW; b -= lr*ds
        K -= lr*dK; kb -= lr*dkb
    print("epoch", epoch, "loss %.4f" % (loss/200), "accuracy", good/200)
