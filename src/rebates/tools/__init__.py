"""What works with a book from outside: the runner of examples."""
