"""Wrong backward passes: where people take a wrong turn, the pass that takes it, and the gallery of mistakes."""
