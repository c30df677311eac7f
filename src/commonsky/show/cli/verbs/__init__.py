"""What each verb takes: signatures only, so that help needs no NumPy."""
