"""The open engine for commercial agreements."""

__version__ = "0.1.0"
