"""The answer to a check of a script: its mistakes and causes, as JSON, as text and in words."""
