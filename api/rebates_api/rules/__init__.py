"""The rules in force, and how a new version comes into force while requests run."""
