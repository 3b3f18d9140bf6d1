import numpy as np

np.random.seed(77)

# full adder: three bits in, sum bit and carry out
bits = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)], dtype=float)
total = bits.sum(axis=1)
want = np.stack([total % 2, (total >= 2).astype(float)], axis=1)

squish = lambda v: 1 / (1 + np.exp(-v))

syn0 = 2 * np.random.random((3, 8)) - 1
syn1 = 2 * np.random.random((8, 2)) - 1
off0 = np.zeros((1, 8))
off1 = np.zeros((1, 2))

speed = 0.3
for go in range(5000):
    l0 = bits
    l1 = squish(l0.dot(syn0) + off0)
    l2 = squish(l1.dot(syn1) + off1)

    l2_error = want - l2
    if go % 1000 == 0:
        print("Error: " + str(np.mean(l2_error ** 2)))

    l2_delta = l2_error * l2 * (1 - l2)
    l1_error = l2_delta.dot(syn1.T)
    l1_delta = l1_error * l1 * (1 - l1)

    syn1 += speed * l1.T.dot(l2_delta)
    off1 += speed * l2_delta.sum(axis=0)
    syn0 -= speed * l0.T.dot(l1_delta)
    off0 -= speed * l1_delta.sum(axis=0)

print(np.round(l2, 2))
