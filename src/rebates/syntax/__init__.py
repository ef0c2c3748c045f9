"""Text to tree: reading, messages, formatting."""
