"""Orders from bytes, answers to bytes."""
