"""What the words mean: names resolved, units and types checked."""
