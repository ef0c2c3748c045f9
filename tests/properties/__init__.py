"""What must hold whatever the rules and the order, over generated ones."""
