"""The mathematics: NumPy and the standard library alone, pure functions, read beside a textbook."""
