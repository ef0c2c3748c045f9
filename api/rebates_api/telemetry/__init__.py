"""What the service tells of itself: log, figures, traces. Never a key, a body or a price."""
