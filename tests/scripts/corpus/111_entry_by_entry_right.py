import numpy as np

np.random.seed(6)
part = {"W1": np.random.randn(2, 2) * 0.4, "b1": np.zeros((2, 1)), "W2": np.random.randn(2, 1) * 0.4, "b2": np.zeros((1, 1))}
marks = [(0.8, 0.5, 0.6), (0.7, 0.2, 0.4), (0.3, 0.9, 0.8), (0.1, 0.4, 0.2)]


def change(part, gap, mid, x):
    old = part["W2"].copy()
    part["W2"][0][0] = part["W2"][0][0] + 0.1 * gap * mid[0][0]
    part["W2"][1][0] = part["W2"][1][0] + 0.1 * gap * mid[1][0]
    part["b2"][0][0] = part["b2"][0][0] + 0.1 * gap
    part["W1"][0][0] = part["W1"][0][0] + 0.1 * gap * old[0][0] * x[0][0]
    part["W1"][1][0] = part["W1"][1][0] + 0.1 * gap * old[0][0] * x[1][0]
    part["W1"][0][1] = part["W1"][0][1] + 0.1 * gap * old[1][0] * x[0][0]
    part["W1"][1][1] = part["W1"][1][1] + 0.1 * gap * old[1][0] * x[1][0]
    part["b1"][0][0] = part["b1"][0][0] + 0.1 * gap * old[0][0]
    part["b1"][1][0] = part["b1"][1][0] + 0.1 * gap * old[1][0]


for turn in range(300):
    for p, q, want in marks:
        x = np.array([[p], [q]])
        mid = part["W1"].T @ x + part["b1"]
        out = part["W2"].T @ mid + part["b2"]
        change(part, want - out, mid, x)
print(out)
