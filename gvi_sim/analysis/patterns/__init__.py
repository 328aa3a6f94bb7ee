"""Which of the known patterns a site shows, and how far each quantity is validated."""
