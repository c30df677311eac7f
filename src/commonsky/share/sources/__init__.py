"""Public sources of element sets, each obeying its written policy."""
