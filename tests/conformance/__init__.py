"""Cases of other systems and of published examples, run on every evaluator."""
