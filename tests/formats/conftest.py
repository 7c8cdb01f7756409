"""What tests of the formats share."""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

import pytest

from flask_status_cli.formats.counting import line_counter
from flask_status_cli.formats.counting.compiled.compiled_bulk import compiled
from tests.compiled_modules import needed


@pytest.fixture(scope="module", params=["compiled", "python"])
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """What counts plain lines: the compiled scanner, or a regular expression."""
    engine: str = request.param
    if engine == "compiled":
        needed("formats.counting.compiled._scanner")
    with mock.patch.object(
        line_counter, "compiled", compiled if engine == "compiled" else no_scanner
    ):
        yield engine


def no_scanner() -> None:
    """Stand for an installation without a C compiler."""
