"""Runs that part from one another, undoing, and the places that were visited."""
