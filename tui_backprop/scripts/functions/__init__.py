"""The user's own Python file: run in a process of its own, asked by messages, and never trusted."""
