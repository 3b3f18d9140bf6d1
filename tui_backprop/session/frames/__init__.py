"""Frames: what there is to see of a session at one moment."""
