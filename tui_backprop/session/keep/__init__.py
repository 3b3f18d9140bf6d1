"""What is kept of a run beyond the program: tables and the report."""
