"""What all the files inside one file may come to together, however deep they lie: their number, their bytes and their text."""

from __future__ import annotations

from ..settings import Settings


class PartLimits:
    """Counts the parts of one file; one object from the file down to its innermost part."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._count = self._size_bytes = self._characters = 0
        self.is_passed = False
        """Whether a limit was passed and said so; what comes after it is left out without a word."""

    def refusal(self, size_bytes: int) -> str | None:
        """Why a part of so many bytes is not read any more; None: it is to be read, and counts."""
        self._count += 1
        self._size_bytes += size_bytes
        settings = self._settings
        for count, limit, name in (
            (self._count, settings.max_archive_entries, "max_archive_entries"),
            (self._size_bytes, settings.max_unpacked_bytes, "max_unpacked_bytes"),
            (self._characters, settings.max_text_chars, "max_text_chars"),
        ):
            if count > limit:
                self.is_passed = True
                return f"not read, nor what follows: all the files inside come to more than {name} = {limit:,}"
        return None

    def add_text(self, characters: int) -> None:
        self._characters += characters
