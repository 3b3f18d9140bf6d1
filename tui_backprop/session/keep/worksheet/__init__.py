"""One update as an exercise on paper: what is given, the formulas to fill in, and the answers."""
