"""What every request passes: its head, its body, its limits, its errors."""
