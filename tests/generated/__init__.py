"""Rule sets and orders made by chance, to compare evaluators and to hold the invariants against."""
