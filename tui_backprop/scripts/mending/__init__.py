"""Edits of a wrong line, and the proof that they mend it."""
