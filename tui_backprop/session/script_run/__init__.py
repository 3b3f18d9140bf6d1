"""All a learner can do with a script of their own: step through its updates and lines, go back, stop, fix, compare."""
