"""A report as one page for a browser: no script, nothing from outside, light or dark as the reader has it."""
