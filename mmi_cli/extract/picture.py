"""Decodes pictures: any colour mode to upright RGB, one frame at a time, within the pixel limit, as far as a damaged file goes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageCms, ImageFile, UnidentifiedImageError

from ..errors import CorruptFile, LimitExceeded, MissingEngine

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Only these readers of Pillow are let near a file: others start programs (EPS) or are hardly ever used and little tested.
FORMATS = (
    "JPEG",
    "PNG",
    "TIFF",
    "BMP",
    "DIB",
    "GIF",
    "WEBP",
    "AVIF",
    "JPEG2000",
    "PPM",
    "ICO",
    "PCX",
    "TGA",
    "PSD",
)
HEIC_TYPES = frozenset({"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"})

_ORIENTATION_TAG = 0x0112
_SUBFILE_TYPE_TAG = 254
_REDUCED_COPY = 1
# EXIF orientation → (mirrored left to right first, clockwise degrees that show it upright).
_UPRIGHT = {
    2: (True, 0),
    3: (False, 180),
    4: (True, 180),
    5: (True, 270),
    6: (False, 90),
    7: (True, 90),
    8: (False, 270),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One picture of a file, upright as its orientation tag says."""

    number: int
    """From 1."""
    pixels: NDArray[np.uint8]
    """RGB, shape (height, width, 3)."""
    rotation: int
    """Clockwise degrees by which the tag turned it: 0, 90, 180, 270."""
    is_truncated: bool
    """Part of it could not be decoded and is blank."""


class Picture:
    """An open picture file; closed by `close` or a with block.

    Raises:
        CorruptFile: its header cannot be read.
        LimitExceeded: more pixels than `max_pixels`, found before anything is decoded.
        MissingEngine: HEIC, and pillow-heif is not installed.
    """

    def __init__(self, path: Path, *, media_type: str, max_pixels: int) -> None:
        self._path = path
        self._max_pixels = max_pixels
        self._formats = (*FORMATS, *_heif_format(media_type))
        self._image = self._open()
        self.unreadable_frames: list[int] = []
        """Numbers of the frames after the first that `frames` had to leave out."""

    def __enter__(self) -> Picture:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._image.close()

    @property
    def format(self) -> str:
        """Pillow's name of the format: `JPEG`."""
        return self._image.format or ""

    @property
    def frame_count(self) -> int:
        """Frames of an animation or multi-page file; 1 when they cannot be counted."""
        try:
            return int(getattr(self._image, "n_frames", 1))
        except Exception:  # noqa: BLE001 - a damaged index of frames raises anything; the first frame may still be good
            return 1

    def exif(self) -> Image.Exif:
        """EXIF of the file; empty when there is none or it is damaged."""
        try:
            return self._image.getexif()
        except Exception:  # noqa: BLE001 - as above
            return Image.Exif()

    def info(self, key: str) -> str:
        """A text that the format keeps beside the pixels (PNG text chunks); empty when absent."""
        value = self._image.info.get(key)
        return value if isinstance(value, str) else ""

    def frames(self, *, all_pages: bool) -> Iterator[Frame]:
        """The pages of a TIFF when `all_pages`, else the first frame; thumbnails stored as pages are left out.

        Raises:
            CorruptFile: nothing of the first frame can be decoded.
            LimitExceeded: a frame has more pixels than the limit.
        """
        number, index = 0, 0
        while True:
            try:
                with _pixel_limit(self._max_pixels):
                    self._image.seek(index)
            except LimitExceeded:
                raise
            except Exception as error:
                if index == 0:
                    raise CorruptFile(f"the picture has no frame that can be read: {_brief(error)}") from error
                return
            self._check_size()
            tags = getattr(self._image, "tag_v2", {})
            if index == 0 or not (
                isinstance(tags.get(_SUBFILE_TYPE_TAG), int) and tags[_SUBFILE_TYPE_TAG] & _REDUCED_COPY
            ):
                number += 1
                try:
                    frame = self._decode(number, index)
                except CorruptFile:
                    if number == 1:
                        raise
                    self.unreadable_frames.append(number)
                else:
                    yield frame
            if not all_pages:
                return
            index += 1

    def _open(self) -> Image.Image:
        try:
            with _pixel_limit(self._max_pixels):
                image = Image.open(self._path, formats=self._formats)
        except (LimitExceeded, MemoryError):
            raise
        except UnidentifiedImageError as error:  # its message is the path
            raise CorruptFile("not a picture that can be opened: no reader knows its header") from error
        except Exception as error:
            raise CorruptFile(f"not a picture that can be opened: {_brief(error)}") from error
        self._image = image
        self._check_size()
        return image

    def _check_size(self) -> None:
        width, height = self._image.size
        if width * height > self._max_pixels:
            raise LimitExceeded(
                f"the picture has {width} x {height} = {width * height:,} pixels; the limit is max_image_pixels = {self._max_pixels:,}"
            )
        if not width or not height:
            raise CorruptFile(f"the picture is {width} x {height} pixels")

    def _decode(self, number: int, index: int) -> Frame:
        orientation = self._orientation()
        is_truncated = False
        try:
            pixels = rgb_pixels(self._image)
        except MemoryError:
            raise
        except Exception as first:  # noqa: BLE001 - decoders raise anything on damaged data
            is_truncated = True
            pixels = self._decode_what_is_there(index, first)
        mirrored, rotation = _UPRIGHT.get(orientation, (False, 0))
        is_turned = self._orientation() != orientation  # some decoders turn the pixels themselves and then drop the tag
        if mirrored and not is_turned:
            pixels = pixels[:, ::-1]
        if rotation and not is_turned:
            pixels = np.rot90(pixels, k=-(rotation // 90))
        return Frame(number=number, pixels=np.ascontiguousarray(pixels), rotation=rotation, is_truncated=is_truncated)

    def _decode_what_is_there(self, index: int, first: Exception) -> NDArray[np.uint8]:
        self._image.close()
        self._image = self._open()
        before = ImageFile.LOAD_TRUNCATED_IMAGES
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        try:
            with _pixel_limit(self._max_pixels):
                self._image.seek(index)
            pixels = rgb_pixels(self._image)
        except (LimitExceeded, MemoryError):
            raise
        except Exception as error:
            raise CorruptFile(f"the pixels cannot be decoded: {_brief(error)}") from error
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before
        if pixels.min() == pixels.max():  # decoders leave what they did not reach at one value
            raise CorruptFile(f"nothing of the picture can be decoded: {_brief(first)}")
        return pixels

    def _orientation(self) -> int:
        value = self.exif().get(_ORIENTATION_TAG, 1)
        return value if isinstance(value, int) else 1


def rgb_pixels(image: Image.Image) -> NDArray[np.uint8]:
    """RGB, shape (height, width, 3): transparency on white, more than 8 bits stretched from darkest to lightest.

    Raises:
        Exception: whatever the decoder raises on damaged data.
    """
    if image.mode.startswith(("I", "F")):
        return _stretched(np.asarray(image))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layer = image.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        paper.alpha_composite(layer)
        return np.asarray(paper.convert("RGB"))
    if image.mode == "LAB":
        standard: Any = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, ImageCms.createProfile("LAB"), standard, outputMode="RGB")
        return np.asarray(converted)
    return np.asarray(image.convert("RGB"))


def _stretched(values: NDArray[Any]) -> NDArray[np.uint8]:
    grey = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0)
    low, high = float(grey.min()), float(grey.max())
    if low < 0 or not 1 < high <= 255:
        grey = (grey - low) * (255.0 / (high - low) if high > low else 0.0)
    return np.repeat(grey.astype(np.uint8)[:, :, None], 3, axis=2)


def _heif_format(media_type: str) -> tuple[str, ...]:
    if media_type not in HEIC_TYPES:
        return ()
    try:
        import pillow_heif
    except ImportError as error:
        raise MissingEngine("HEIC pictures need pillow-heif; pip install 'mmi-cli[heic]'") from error
    pillow_heif.register_heif_opener()
    return ("HEIF",)


@contextmanager
def _pixel_limit(max_pixels: int) -> Iterator[None]:
    """Makes Pillow's own guard, which also sees the pictures inside a picture, keep our limit."""
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = max_pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        told = re.search(r"\d+", str(error))
        count = f"{int(told.group()):,} pixels" if told else "more pixels than allowed"
        raise LimitExceeded(f"the picture has {count}; the limit is max_image_pixels = {max_pixels:,}") from error
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _brief(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
