"""Dialogs of a script's screen: its difference, a saved file, breakpoints and watches."""
