"""Logs that cannot be rewritten unseen: Merkle trees as static files, signed and cosigned."""
