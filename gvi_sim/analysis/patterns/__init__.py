"""Which of the known patterns a place shows, and how far each quantity is validated."""
