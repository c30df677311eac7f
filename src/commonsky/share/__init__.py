"""What leaves, what arrives? For now, the public sources of element sets."""
