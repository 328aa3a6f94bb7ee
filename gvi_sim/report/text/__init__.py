"""Sentences made of them."""
