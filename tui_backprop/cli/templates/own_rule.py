"""A backward rule of your own for the built-in network.

    tui-backprop check THIS_FILE.py                     is it right, and if not, which mistake is it?
    tui-backprop parity --rule THIS_FILE.py             train by it, and see where it parts from the true gradient
    tui-backprop run parity --rule THIS_FILE.py         the same without a screen

It is right as it is for squared error, whatever the number of layers. Break something and check again.
"""


def backward(network, parameters, tape, y):
    """Return the gradients of the mean loss over a batch: w1 (fan_in, fan_out), b1 (fan_out,), w2 and so on.

    network.depth is the number of layers; network.activation(l).slope(z, a) is f′ of layer l.
    parameters.w(l) and parameters.b(l) are weights (fan_in, fan_out) and biases (fan_out,) of layer l, counted from 1.
    tape.z[l] and tape.a[l] are pre-activations and activations of layer l, (rows, units); tape.a[0] is the input.
    y are the targets, (rows, outputs).
    """
    rows = len(y)
    gradients = {}
    error = 2 * (tape.prediction - y) / rows  # ∂L/∂ŷ of squared error, a mean over the batch
    for layer in range(network.depth, 0, -1):
        delta = error * network.activation(layer).slope(tape.z[layer], tape.a[layer])  # ∂L/∂z
        gradients[f"w{layer}"] = tape.a[layer - 1].T @ delta
        gradients[f"b{layer}"] = delta.sum(axis=0)
        error = delta @ parameters.w(layer).T  # ∂L/∂a of the layer before
    return gradients
