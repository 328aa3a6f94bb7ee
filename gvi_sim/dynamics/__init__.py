"""How it moves: one mechanism a file; ``engine`` is the event loop."""
