"""How well mistakes in rule files are placed: `python -m benchmarks.recovery`."""
