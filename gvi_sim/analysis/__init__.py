"""What it means: effects of a programme against business as usual, concentration, contagion, intervals."""
