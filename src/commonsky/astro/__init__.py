"""How do things move? Epochs, frames, element sets and their propagation."""
