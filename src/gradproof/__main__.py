"""The command line: `gradproof`, or `python -m gradproof`."""

INTERRUPTED = 130  # as shells report the signal


def main() -> int:
    """Run the command line; its exit status. Ctrl-C ends it at once, also while it is being loaded."""
    try:
        from gradproof.faces.cli.main import main as run

        return run()
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    raise SystemExit(main())
