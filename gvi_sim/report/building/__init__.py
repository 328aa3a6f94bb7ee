"""From results to the plain numbers of a report."""
