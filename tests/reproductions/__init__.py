"""Every reproduction in a reduced form."""
