"""What tests of the formats share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from unittest import mock

import pytest

from flask_status_cli.formats.counting import line_counter
from flask_status_cli.formats.counting.compiled.compiled_bulk import compiled


@pytest.fixture(scope="module", params=["compiled", "python"])
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """What counts plain lines: the compiled scanner, or a regular expression."""
    engine: str = request.param
    if engine == "compiled" and compiled() is None and not os.environ.get("CI"):
        pytest.skip("the scanner is not compiled here")
    with mock.patch.object(
        line_counter, "compiled", compiled if engine == "compiled" else no_scanner
    ):
        yield engine


def no_scanner() -> None:
    """Stand for an installation without a C compiler."""
