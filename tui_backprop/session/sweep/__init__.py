"""Sweeps: one recipe with some fields varied, over many seeds, and what came of each run."""
