#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""
Recognise the segments display digits 0-9 (7 segments on/off), noisy.
"""
import numpy as np

SEGMENTS = ["1110111", "0010010", "1011101", "1011011", "0111010",
            "1101011", "1101111", "1010010", "1111111", "1111011"]

np.random.seed(1)
clean = np.array([[int(c) for c in s] for s in SEGMENTS]).T          # (7, 10)
X = np.tile(clean, 12) + 0.2 * np.random.randn(7, 120)
Y = np.tile(np.eye(10), 12)                                          # (10, 120)


def softmax(z):
    e = np.exp(z - np.max(z, axis=0))
    return e / np.sum(e, axis=0)


def init_params(n_hidden=20):
    W1 = np.random.randn(n_hidden, 7) * np.sqrt(1 / 7)
    b1 = np.zeros((n_hidden, 1))
    W2 = np.random.randn(10, n_hidden) * np.sqrt(1 / n_hidden)
    b2 = np.zeros((10, 1))
    return W1, b1, W2, b2


def forward_prop(W1, b1, W2, b2, X):
    Z1 = W1.dot(X) + b1
    A1 = np.maximum(Z1, 0)
    A2 = softmax(W2.dot(A1) + b2)
    return Z1, A1, A2


def backward_prop(Z1, A1, A2, W2, X, Y):
    m = X.shape[1]
    dZ2 = A2 - Y
    dW2 = 1 / m * dZ2.dot(A1.T)
    db2 = 1 / m * np.sum(dZ2)
    dZ1 = W2.T.dot(dZ2) * (Z1 > 0)
    dW1 = 1 / m * dZ1.dot(X.T)
    db1 = 1 / m * np.sum(dZ1)
    return dW1, db1, dW2, db2


def update_params(W1, b1, W2, b2, dW1, db1, dW2, db2, alpha):
    W1 = W1 - alpha * dW1
    b1 = b1 - alpha * db1
    W2 = W2 - alpha * dW2
    b2 = b2 - alpha * db2
    return W1, b1, W2, b2


def gradient_descent(X, Y, alpha, iterations):
    W1, b1, W2, b2 = init_params()
    for i in range(iterations):
        Z1, A1, A2 = forward_prop(W1, b1, W2, b2, X)
        dW1, db1, dW2, db2 = backward_prop(Z1, A1, A2, W2, X, Y)
        W1, b1, W2, b2 = update_params(W1, b1, W2, b2, dW1, db1, dW2, db2, alpha)
        if i % 50 == 0:
            print("Iteration:", i)
            print("loss", -np.sum(Y * np.log(A2)) / Y.shape[1], "accuracy", np.mean(A2.argmax(0) == Y.argmax(0)))
    return W1, b1, W2, b2


W1, b1, W2, b2 = gradient_descent(X, Y, 0.3, 301)
