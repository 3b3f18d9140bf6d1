"""What keeps a script from learning, other than a wrong gradient: one file a cause."""
