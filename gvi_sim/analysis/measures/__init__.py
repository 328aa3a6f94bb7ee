"""What is read off one run: how attacks spread over groups, persons, years and one another."""
