"""A script as it is on disk: its text, what kind of file it is, and what is looked up in it before it runs."""
