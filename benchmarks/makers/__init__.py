"""What makes the files that the package ships and the studies that its documents show; run from a clone."""
