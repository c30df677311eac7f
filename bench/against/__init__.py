"""Other people's programs, on the same work."""
