"""Who exists: state arrays, builder, rivalry network, checks."""
