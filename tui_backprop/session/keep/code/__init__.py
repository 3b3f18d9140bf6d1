"""A network as a program of its own: NumPy, PyTorch or ONNX. Operations are taken from their entries in `core`."""
