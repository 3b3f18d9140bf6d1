"""A recipe: its fields as people write them, what suits a data set, and the problem that it makes of it."""
