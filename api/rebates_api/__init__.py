"""The price service over HTTP will live here; it comes with a later version."""
