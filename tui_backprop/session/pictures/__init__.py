"""Pictures of a run as arrays: predictions, network, loss surface, distributions."""
