"""What runs draw: sets of values, and the reference constants that go with each."""
