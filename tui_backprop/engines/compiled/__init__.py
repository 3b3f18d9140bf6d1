"""A step of training as one loop of machine code. To import a module of this folder is to load numba."""
