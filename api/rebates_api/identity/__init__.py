"""Who calls, and what that caller may do and see."""
