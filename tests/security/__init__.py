"""What somebody else's input may not do, and what the tool refuses on principle."""
