"""What the keys do, a file for each kind of action; all are methods of the app."""
