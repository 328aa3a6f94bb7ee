"""How the speed goals are measured: a peer in plain Mesa, and one table, ``python -m benchmarks.run``."""
