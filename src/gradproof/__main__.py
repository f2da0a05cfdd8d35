"""`python -m gradproof` is the command line."""

from gradproof.faces.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
