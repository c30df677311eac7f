"""What a nation knows, from whom, since when, and who may know it."""
