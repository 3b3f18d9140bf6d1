"""The panels: each draws the frame it is shown."""
