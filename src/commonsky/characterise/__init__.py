"""What happened, and was it responsible? Events from histories, and norms that judge them."""
