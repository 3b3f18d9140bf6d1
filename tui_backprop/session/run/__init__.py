"""One run: its steps, where it was, what was changed in it, and when it stops."""
