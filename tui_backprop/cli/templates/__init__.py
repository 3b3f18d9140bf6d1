"""Files that `tui-backprop new-check` writes: each is right as it is."""
