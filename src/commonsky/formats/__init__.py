"""How is it written down? Bytes in, tables and records out, no input or output."""
