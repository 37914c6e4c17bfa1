"""What media reading speaks of: tracks, frames, and the containers that may be opened at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ..errors import LimitExceeded
from ..settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Warn = Callable[[str, str], None]
"""(code, message) of what could not be decoded."""

# Containers that hold their own streams. Everything that names other files or devices is left out.
CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,asf,flv,mpegts,mpeg,mpegvideo,mxf,nut,rm,ogg,wav,w64,mp3,flac,aac,ac3,eac3,amr,"
    "amrnb,amrwb,aiff,au,caf,ape,tta,wv,mpc,mpc8,dts,dtshd,truehd,voc,gsm,h264,hevc,m4v,mjpeg,ivf,dv,obu,swf,y4m,yuv4mpegpipe,oma,"
    "gif,apng"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioTrack:
    codec: str
    sample_rate_hz: int
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoTrack:
    """A moving picture; cover art of a song is none."""

    codec: str
    width: int
    """Pixels as stored; frames come turned upright."""
    height: int
    frames_per_second: float | None
    """On average; None when the file does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFacts:
    """What a media file says of itself; nothing is decoded for it."""

    container: str
    duration_s: float
    """As the file declares it: 0 when it does not, wrong in damaged files."""
    audio: AudioTrack | None
    video: VideoTrack | None
    title: str = ""


class Frame(NamedTuple):
    """A decoded picture of a video, upright."""

    number: int
    """From 0, in order of presentation; -1 when the decoder jumped to it."""
    time_s: float
    """Presentation time on the time line of the file."""
    image: NDArray[np.uint8]
    """RGB, shape (height, width, 3)."""


def too_long(name: str, seconds: float, settings: Settings) -> LimitExceeded:
    return LimitExceeded(
        f"{name}: {seconds / 3600:.2f} hours pass the limit of {settings.max_media_hours:g} hours; raise max_media_hours"
    )


def check_pixels(width: int, height: int, settings: Settings) -> None:
    if width * height > settings.max_image_pixels:
        raise LimitExceeded(
            f"frames of {width} × {height} pixels pass the limit of {settings.max_image_pixels}; raise max_image_pixels"
        )
