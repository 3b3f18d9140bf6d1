"""Weights that are right elsewhere: files with a network's parameters and all that its answers need besides."""
