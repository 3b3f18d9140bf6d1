"""What can be said of a run: reference lines and findings."""
