"""Charts: pure functions from a frame and a metric to a plain figure dictionary."""
