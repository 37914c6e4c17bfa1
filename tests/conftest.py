"""What holds for every test, and what tests of several folders share."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.azurite import HOW, azurite_program, running_azurite

# A shell that starts the tests in the background, or `nohup`, has them ignore these, and the programs that they start would, too;
# a handler is not handed on.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda number, frame: None)


@pytest.fixture(scope="session", autouse=True)
def caches_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What runs keep lies in a folder of the tests, so that nothing of whoever runs them is believed or dropped."""
    folder = tmp_path_factory.mktemp("cache")
    before = os.environ.get("MMI_CACHE_DIR")
    os.environ["MMI_CACHE_DIR"] = str(folder)
    yield folder
    if before is None:
        del os.environ["MMI_CACHE_DIR"]
    else:
        os.environ["MMI_CACHE_DIR"] = before


@pytest.fixture(scope="session")
def azurite() -> Iterator[str]:
    """The connection string of an emulator of Azure Blob Storage; one for all tests."""
    program = azurite_program()
    if program is None:
        pytest.skip(HOW)
    with running_azurite(program) as connection:
        yield connection
