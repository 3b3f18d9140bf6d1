"""Running a script: which Python, for how long, in which processes."""
