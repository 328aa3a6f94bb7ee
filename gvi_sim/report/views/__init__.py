"""Plain numbers that a report shows."""
