from math import exp, log

# hours learned, hours slept -> passed the exam?
students = [
    (1.0, 7.5, 0), (1.5, 5.0, 0), (2.0, 8.0, 0), (2.5, 4.5, 0), (3.0, 6.0, 0), (3.5, 7.0, 1), (4.0, 4.0, 0),
    (4.5, 8.0, 1), (5.0, 6.5, 1), (5.5, 5.0, 1), (6.0, 4.5, 0), (6.5, 7.0, 1), (7.0, 6.0, 1), (8.0, 7.5, 1),
]


def predict(row, coef):
    z = coef[0]
    for i in range(len(row)):
        z += coef[i + 1] * row[i]
    return 1.0 / (1.0 + exp(-z))


def coefficients_sgd(rows, labels, l_rate, n_epoch):
    coef = [0.0 for _ in range(len(rows[0]) + 1)]
    for epoch in range(n_epoch):
        log_loss = 0
        for row, label in zip(rows, labels):
            yhat = predict(row, coef)
            log_loss -= log(yhat) if label else log(1 - yhat)
            error = label - yhat
            coef[0] = coef[0] + l_rate * error
            for i in range(len(row)):
                coef[i + 1] = coef[i + 1] + l_rate * error * row[i]
        if epoch % 50 == 0:
            print('>epoch=%d, lrate=%.3f, loss=%.3f' % (epoch, l_rate, log_loss / len(rows)))
    return coef


rows = [((a - 4.2) / 2, (b - 6.2) / 1.3) for a, b, _ in students]
labels = [c for _, _, c in students]
coef = coefficients_sgd(rows, labels, 0.05, 300)
print(coef)
for row, label in zip(rows, labels):
    print("expected", label, "predicted", round(predict(row, coef), 2))
