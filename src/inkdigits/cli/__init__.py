"""The command line. One module holds one command; each imports what it needs when it is called."""

from inkdigits.cli.app import main

__all__ = ["main"]
