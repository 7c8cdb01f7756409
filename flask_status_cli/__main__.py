"""`python -m flask_status_cli` is the command `flask-status`."""

import sys

from flask_status_cli import garbage


def main() -> None:
    """Run the command line and exit with its status."""
    garbage.collect_rarely()
    from flask_status_cli.cli import run

    status = run()
    garbage.collect_no_more()
    sys.exit(status)


if __name__ == "__main__":
    main()
