"""`python -m guzar` works like `guzar`."""

from guzar.cli import main

main()
