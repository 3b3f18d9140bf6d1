"""What runs beside a script, in its process: NumPy and the standard library alone, for any Python from 3.9 on."""
