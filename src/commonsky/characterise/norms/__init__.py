"""Norms as code: what rules ask, of whom, and whether what happened met them."""
