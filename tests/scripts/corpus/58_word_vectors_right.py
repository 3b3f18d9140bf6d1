import numpy as np

text = """the king rules the land . the queen rules the land . the farmer works the field . the maid works the field .
the king loves the queen . the farmer loves the maid . the king sits on the throne . the queen sits on the throne .
the farmer sits on the bench . the maid sits on the bench .""".split()
vocab = sorted(set(text))
idx = {w: k for k, w in enumerate(vocab)}

# skip-gram: from a word to its neighbours
pairs = []
for k, w in enumerate(text):
    for j in (k - 2, k - 1, k + 1, k + 2):
        if 0 <= j < len(text):
            pairs.append((idx[w], idx[text[j]]))
pairs = np.array(pairs)

np.random.seed(0)
V, D = len(vocab), 8
emb = np.random.randn(V, D) * 0.1
out = np.random.randn(D, V) * 0.1
lr = 0.5

for epoch in range(60):
    np.random.shuffle(pairs)
    nll = 0.0
    for start in range(0, len(pairs), 20):
        centre, context = pairs[start:start + 20].T
        h = emb[centre]
        logits = h @ out
        logits -= logits.max(axis=1, keepdims=True)
        probs = np.exp(logits)
        probs /= probs.sum(axis=1, keepdims=True)
        nll -= np.log(probs[range(len(context)), context]).sum()

        probs[range(len(context)), context] -= 1
        probs /= len(context)
        d_out = h.T @ probs
        d_h = probs @ out.T
        out -= lr * d_out
        np.add.at(emb, centre, -lr * d_h)
    if epoch % 10 == 0:
        print("epoch", epoch, "nll per pair", nll / len(pairs))


def nearest(word):
    unit = emb / np.linalg.norm(emb, axis=1, keepdims=True)
    order = np.argsort(-unit @ unit[idx[word]])
    return [vocab[k] for k in order[1:4]]


print("king:", nearest("king"), " field:", nearest("field"))
