"""The partner listener: a process of its own that serves only what was released."""
