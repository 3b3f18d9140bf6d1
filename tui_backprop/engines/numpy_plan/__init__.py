"""A step of training as a list of NumPy calls that are bound to their buffers once and made again and again."""
