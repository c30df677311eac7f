"""Nations trained on the code they work with: invented skies, and what came of them."""
