"""The operations that a recipe chooses from, one entry each: activations, losses, optimizers, schedules, first values."""
