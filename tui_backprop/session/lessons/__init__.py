"""Lessons: guided runs, each a file of data, read and followed without a screen."""
