"""How long a file may take: a wall clock that grows with what the file holds, and a stall clock since the last sign of life."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import FileTimeout
from ...settings import Settings
from .life_signs import Signs

_BYTES_A_SECOND = 10_000
"""While nothing better is known, a second for so many bytes: 1.2 s of MP3, a third of a scanned page."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Seconds a file may take, and why."""

    seconds: float
    reason: str


def allowance(settings: Settings, *, schemas: int, size_bytes: int, signs: Signs) -> Allowance:
    """What the reader said of pages and minutes counts; until then, and for what has neither, the bytes do."""
    seconds = settings.timeout_s * max(1, schemas)
    reasons = ["timeout_s" if schemas <= 1 else f"timeout_s for each of {schemas} schemas"]
    size_bytes = (0 if signs.is_known else size_bytes) + int(signs.part_bytes)
    pages = min(signs.pages, settings.max_pages + settings.max_key_frames)
    minutes = min(signs.media_s / 60, settings.max_media_hours * 60)
    if pages:
        seconds += pages * settings.timeout_page_s
        reasons.append(f"timeout_page_s for each of {pages:.0f} pages")
    if minutes:
        seconds += minutes * settings.timeout_minute_s
        reasons.append(f"timeout_minute_s for each of {minutes:.1f} minutes")
    if size_bytes >= _BYTES_A_SECOND:
        seconds += size_bytes / _BYTES_A_SECOND
        reasons.append(f"a second for every 10 kB of {size_bytes:,} bytes")
    return Allowance(seconds, " and ".join(reasons))


def verdict(
    allowed: Allowance, *, settings: Settings, started_s: float, last_s: float, is_done: bool, now_s: float
) -> FileTimeout | None:
    """The error of a file whose time is over; None while it is not.

    Args:
        started_s, last_s, now_s: monotonic time of its start, of the last sign of life, and of now.
        is_done: the work is over and only the result is to be handed over.
    """
    if is_done:
        return None
    if now_s - started_s > allowed.seconds:
        return FileTimeout(
            f"took longer than {allowed.seconds:.0f} s ({allowed.reason}); the settings named there raise the limit"
        )
    if now_s - last_s > settings.stall_s:
        return FileTimeout(
            f"went on for {settings.stall_s:g} s without a sign of progress; `stall_s` in the settings raises the limit"
        )
    return None
