"""Files that give their network or rule as functions: checked, trained by their own formulas, seen."""
