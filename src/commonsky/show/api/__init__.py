"""The API of a node, for people and programs of its own nation."""
