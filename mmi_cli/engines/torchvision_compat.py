"""Lets `import torchvision` succeed beside a CPU build of torch, where torchvision's compiled operators do not load.

The package index holds only a torchvision that is built for CUDA. Beside a CPU torch its import ends in `operator torchvision::nms
does not exist`, and with it that of easyocr, transformers and sentence-transformers, none of which calls these operators. Declared
without code, they are enough for the import; whoever calls one gets torch's own error.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

_OPERATORS = ("nms", "qnms")
_SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"

_declared: list[Any] = []
"""Keeps the declarations alive: torch takes them back when their library object goes."""


def import_torchvision() -> None:
    """Imports torchvision, with its operators declared where that is what it lacks; call it before packages that import it.

    Raises:
        ImportError: torch or torchvision is not installed.
        RuntimeError: torchvision fails for another reason.
    """
    try:
        importlib.import_module("torchvision")
    except RuntimeError as error:
        if "operator torchvision::nms does not exist" not in str(error):
            raise
    else:
        return
    import torch

    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]  # what the failed import left
    library = torch.library.Library("torchvision", "FRAGMENT")
    for operator in _OPERATORS:
        library.define(operator + _SIGNATURE)
    _declared.append(library)
    importlib.import_module("torchvision")
