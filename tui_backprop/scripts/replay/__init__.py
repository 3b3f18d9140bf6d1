"""Computing part of a trace again: forward with other values, backward for derivatives."""
