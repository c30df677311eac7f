"""How dangerous is it? Probability of collision and how far to trust it."""
