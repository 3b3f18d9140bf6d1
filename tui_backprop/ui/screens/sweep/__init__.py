"""The Sweep screen: its form, its map and its seeds."""
