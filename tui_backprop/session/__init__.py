"""All that a learner can do, without a screen."""
