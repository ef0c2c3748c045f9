"""Benchmarks: every figure stands beside a named baseline measured in the same run."""
