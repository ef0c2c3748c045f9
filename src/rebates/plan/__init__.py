"""What is settled before quantities are known: which rules can meet a line, at which prices, in which units."""
