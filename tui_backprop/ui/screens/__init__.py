"""The screens that open over the trainer."""
