"""Many runs: replicates over workers, the store they go to, resuming."""
