"""Coverage-guided fuzzing of every reader, for `make soak`."""
