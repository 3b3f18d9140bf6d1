"""The mathematics: NumPy and the standard library alone, pure functions like a textbook's; begin with `first_page`."""
