"""The judge, rule by rule, on numbers worked by hand."""
