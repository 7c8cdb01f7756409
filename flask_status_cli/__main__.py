"""`python -m flask_status_cli` is the command `flask-status`."""

import sys


def main() -> None:
    """Run the command line and exit with its status."""
    from flask_status_cli.cli import run

    sys.exit(run())


if __name__ == "__main__":
    main()
