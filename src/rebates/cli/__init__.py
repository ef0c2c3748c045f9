"""The command `rebates`: one file for each verb, thin over the engine."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Runs the command line. A closed pipe and Ctrl-C end quietly."""
    if sys.argv[1:] == ["--version"]:  # needs none of the rooms below
        from rebates import __version__

        print(f"rebates {__version__}")
        return
    from rebates.cli.app import app

    try:
        app(prog_name="rebates")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except KeyboardInterrupt:
        sys.exit(130)
