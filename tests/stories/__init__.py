"""Sentences about the model that a criminologist can read, held as tests."""
