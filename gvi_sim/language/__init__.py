"""Sentences, terms and numbers in the languages of readers."""
