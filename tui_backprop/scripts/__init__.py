"""A learner's own file: run and traced, read as a network, judged line by line, and mended."""
