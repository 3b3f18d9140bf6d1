"""What several commands share: options, names, sessions opened by them, and training without a screen."""
