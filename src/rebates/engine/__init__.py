"""The front door: load rules, ask for a price, read why."""
