"""Findings: what can be said of a run, each by a documented rule with a threshold of its own.

A finding is one entry of the tuple at the end of the file that it belongs to; `table` puts them together.
"""
