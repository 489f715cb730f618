"""Small pictures that tell more than they show."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

CAMERA = "Secret Camera 4711"


def a_picture(kind: str, *, size: tuple[int, int] = (37, 23), **options: Any) -> bytes:
    """The bytes of a picture; `exif=photo_exif()` lets it tell where it was taken."""
    target = io.BytesIO()
    a_drawing(size).save(target, kind, **options)
    return target.getvalue()


def a_drawing(size: tuple[int, int] = (37, 23)) -> Image.Image:
    """Something that looks different from each side."""
    width, height = size
    picture = Image.new("RGB", size)
    picture.putdata(
        [(x * 6 % 256, y * 9 % 256, x * y % 256) for y in range(height) for x in range(width)]
    )
    return picture


def photo_exif(*, orientation: int = 1) -> Image.Exif:
    """What a telephone writes beside the pixels."""
    exif = Image.Exif()
    exif[0x010F] = CAMERA
    exif[0x0112] = orientation
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (35.0, 41.0, 21.0)
    place[3], place[4] = "E", (51.0, 23.0, 20.0)
    return exif
