"""What is kept of a long run, evenly spread and within bounds: losses, states, ends of axes."""
