"""The trainer in a browser: the server, and files that visitors bring."""
