"""What runs amount to: totals and costs, and the time and memory that they take."""
