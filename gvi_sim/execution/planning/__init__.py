"""What is to be run, cut into batches, and the engine that runs them."""
