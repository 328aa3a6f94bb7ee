"""Numbers, their intervals and the words for their direction."""
