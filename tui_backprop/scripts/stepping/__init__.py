"""A script stepped through: its updates one by one, their lines in the order they ran, and what each line's value is."""
