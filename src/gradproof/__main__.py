"""`python -m gradproof` is the command line."""

from gradproof.faces.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
