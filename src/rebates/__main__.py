"""`python -m rebates` is the command."""

from rebates.cli import main

if __name__ == "__main__":
    main()
