"""What tests of several folders share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.azurite import HOW, azurite_program, running_azurite


@pytest.fixture(scope="session")
def azurite() -> Iterator[str]:
    """The connection string of an emulator of Azure Blob Storage; one for all tests."""
    program = azurite_program()
    if program is None:
        pytest.skip(HOW)
    with running_azurite(program) as connection:
        yield connection
