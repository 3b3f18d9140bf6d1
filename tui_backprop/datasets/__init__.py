"""Data: the built-in catalogue, CSV files, scaling, splits and noise."""
