"""Two scenarios event by event: whether they can be compared, what differs, and what the comparison is worth."""
