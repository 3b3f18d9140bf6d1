"""Charts: curves in braille and by plotext, with their axes."""
