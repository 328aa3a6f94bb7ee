"""Sections and tables put together, for a page and a terminal."""
