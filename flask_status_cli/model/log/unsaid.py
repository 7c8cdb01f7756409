"""What the lines of a log do not say, and how they were read."""

from __future__ import annotations

from flask_status_cli.frozen import frozen


@frozen
class Unsaid:
    """What the lines of a log do not say.

    - `zone`: whether their times have no offset.
    - `in_utc`: whether these times were read in UTC, because their server writes them so.
    - `ahead`: how many minutes these times are ahead of the UTC time that the same lines have, `None` if they
      have none.
    - `duration`: the key of durations whose unit the lines do not show, empty if there are none.
    - `unit`: the unit in which these were read, empty if they were not counted.
    - `lost`: the directive of a duration that cannot be found in the lines, empty if there is none.
    - `json`: whether the lines are JSON objects, so that `--json-map` can name the unit.
    """

    zone: bool = False
    in_utc: bool = False
    ahead: int | None = None
    duration: str = ""
    unit: str = ""
    lost: str = ""
    json: bool = False


ALL_SAID = Unsaid()
