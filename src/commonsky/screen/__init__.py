"""What comes near what? All-on-all screening and its incremental form."""
