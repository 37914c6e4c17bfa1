"""Extract: one file a format turns a local file into `Content`; the registry knows which by the verdict of detect.

`from mmi_cli import extract` names a function of the programming interface, and Python gives this package once it was imported: so it can
be called like that function.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..datamodel.record import FileRecord


class _Callable(ModuleType):
    def __call__(self, *arguments: Any, **settings: Any) -> FileRecord:
        """See `mmi_cli.api.extract`."""
        from ..api import extract

        return extract(*arguments, **settings)


sys.modules[__name__].__class__ = _Callable
