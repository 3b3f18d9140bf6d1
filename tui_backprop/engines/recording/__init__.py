"""A computation written down as NumPy calls, which are then made again and again."""
