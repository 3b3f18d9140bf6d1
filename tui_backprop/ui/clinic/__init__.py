"""The clinic: the user's own network on the screen, stepped by their own formulas and checked."""
