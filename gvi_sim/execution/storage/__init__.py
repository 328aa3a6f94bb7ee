"""Results in folders: shards, manifest, lock, and where each file comes from."""
