"""What `check` does for each form of a file."""
