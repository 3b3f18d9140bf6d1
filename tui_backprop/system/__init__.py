"""What the operating system is asked for: files that are read and written, and processes."""
