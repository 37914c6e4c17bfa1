"""Writes figures that were cut out into a folder, with a list of them beside."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..datamodel.content import Content
from .whole_file import whole_file

if TYPE_CHECKING:
    from ..extract.cutting import Cutout

LIST = "figures.jsonl"


@dataclass(slots=True)
class FigureFiles:
    """The pictures of one file's figures on their way into a folder."""

    folder: Path
    link: str = ""
    """What stands before their names in links; empty or with a slash at its end."""
    names: dict[int, str] = field(default_factory=dict)
    """Index of a figure → name of its picture in the folder."""

    def take(self, cutout: Cutout) -> None:
        """Writes a picture.

        Raises:
            StorageDown: it cannot be written.
        """
        with whole_file(self.folder / cutout.name) as partial:
            partial.write_bytes(cutout.data)
        self.names[cutout.figure] = cutout.name

    @property
    def links(self) -> dict[int, str]:
        """Index of a figure → its picture as seen from beside the folder."""
        return {index: self.link + name for index, name in self.names.items()}

    def finish(self, content: Content) -> None:
        """Writes the list where there is a figure; pictures that an earlier version of the file left behind go.

        Raises:
            StorageDown: it cannot be written.
        """
        from ..datamodel.figure_lines import figure_lines
        from ..datamodel.record import dump_line

        kept = {LIST, *self.names.values()}
        if self.folder.is_dir():
            for path in sorted(self.folder.glob("*figure*")):
                if path.name not in kept and path.suffix in (".png", ".jpg") and path.is_file():
                    path.unlink(missing_ok=True)
        if not content.figures:
            (self.folder / LIST).unlink(missing_ok=True)
            return
        with whole_file(self.folder / LIST) as partial:
            lines = figure_lines(content, self.names)
            partial.write_text("".join(dump_line(line) + "\n" for line in lines), "utf-8", errors="replace")
