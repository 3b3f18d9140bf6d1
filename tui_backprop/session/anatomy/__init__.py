"""One step taken apart: its phases, the quantities in it, and the formula behind each of them with the numbers put in."""
