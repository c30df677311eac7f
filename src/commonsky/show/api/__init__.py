"""The API of a node, on its inner listener: what people and programs of one nation see and do."""
