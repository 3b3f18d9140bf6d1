"""A script's own training, followed to its end: what its loss does, and what would make it better."""
