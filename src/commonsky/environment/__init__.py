"""How crowded does it get? Break-ups and what they leave."""
