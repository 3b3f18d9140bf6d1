"""Whether the gradients of a script are right, and which of its lines are wrong."""
