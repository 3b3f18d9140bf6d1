"""What a script is recognised as: a perceptron of the trainer, and its samples."""
