"""Rules that hold for every scenario: exact identities, invariants, the twin, strict mode."""
