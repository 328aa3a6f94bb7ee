"""Every command on every path: what a user may ask for, asked for, and held against what must be true of any answer."""
