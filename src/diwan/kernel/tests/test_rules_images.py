"""Pictures lose what they tell in secret and keep every pixel."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from diwan.kernel.files.images import FORMATS, BadImage, cleaned
from diwan.kernel.tests.pictures import CAMERA, a_picture, photo_exif

KINDS = {kind: media_type for media_type, kind in FORMATS.items()}
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><gps>35.7N</gps></x:xmpmeta>'
PROFILE = b"a profile of colours " * 20
WAYS: list[tuple[str, dict[str, Any]]] = [
    ("JPEG", {}),
    ("JPEG", {"progressive": True, "comment": b"taken by me", "xmp": XMP}),
    ("PNG", {}),
    ("WEBP", {"lossless": True, "xmp": XMP}),
    ("WEBP", {"quality": 70}),
]


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("orientation", [1, 6, 8])
@pytest.mark.parametrize(("kind", "options"), WAYS, ids=str)
def test_only_the_pixels_the_colours_and_the_orientation_stay(
    kind: str, options: dict[str, Any], orientation: int
) -> None:
    exif = photo_exif(orientation=orientation)
    photo = a_picture(kind, exif=exif, icc_profile=PROFILE, **options)
    assert CAMERA.encode() in photo
    clean = cleaned(photo, KINDS[kind])
    before, after = opened(photo), opened(clean)
    assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes()
    assert after.info["icc_profile"] == PROFILE
    assert dict(after.getexif()) == ({} if orientation == 1 else {0x0112: orientation})
    for secret in (CAMERA.encode(), b"35.7N", b"taken by me", b"xmpmeta"):
        assert secret not in clean


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_photo_is_the_same_bytes(kind: str) -> None:
    at_home = a_picture(kind, exif=photo_exif())
    stripped = a_picture(kind)
    clean = cleaned(at_home, KINDS[kind])
    assert cleaned(clean, KINDS[kind]) == clean
    assert cleaned(stripped, KINDS[kind]) == clean or kind == "WEBP"  # whose frame differs there


@pytest.mark.parametrize("kind", KINDS)
def test_what_hangs_behind_the_end_is_cut_off(kind: str) -> None:
    """A picture that is an archive, too (GIFAR), is a picture alone afterwards."""
    photo = a_picture(kind)
    assert cleaned(photo + b"PK\x03\x04 an archive PK\x05\x06", KINDS[kind]) == cleaned(
        photo, KINDS[kind]
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_breaks_off_anywhere_is_refused(kind: str) -> None:
    photo = a_picture(kind)
    for end in range(len(photo) - 1):
        with pytest.raises(BadImage):
            cleaned(photo[:end], KINDS[kind])


def test_texts_in_a_png_go() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Location", "35.7N")
    notes.add_itxt("XML:com.adobe.xmp", XMP.decode())
    clean = cleaned(a_picture("PNG", pnginfo=notes), "image/png")
    assert b"35.7N" not in clean
    assert opened(clean).info == {}


def png(width: int, height: int, pixels: bytes, *, interlaced: bool = False) -> bytes:
    """A grey PNG of eight bits by hand."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, interlaced)

    def chunk(name: bytes, payload: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(name + payload))
        return struct.pack(">I", len(payload)) + name + payload + crc

    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def test_an_interlaced_png_has_its_seven_passes() -> None:
    # Of the seven passes (PNG, 8.1) 5 × 3 pixels leave the third empty; a filter's byte a row.
    whole = sum(
        -(-(3 - y) // dy) * (1 + -(-(5 - x) // dx))
        for x, y, dx, dy in [
            (0, 0, 8, 8),
            (4, 0, 8, 8),
            (2, 0, 4, 4),
            (0, 2, 2, 4),
            (1, 0, 2, 2),
            (0, 1, 1, 2),
        ]
    )
    pixels = bytes(whole)
    assert opened(cleaned(png(5, 3, pixels, interlaced=True), "image/png")).size == (5, 3)
    with pytest.raises(BadImage):
        cleaned(png(5, 3, pixels[:-1], interlaced=True), "image/png")


@pytest.mark.parametrize("pixels", [bytes(10), bytes(13), bytes(50_000_000)])
def test_a_png_unpacks_to_what_its_header_promises(pixels: bytes) -> None:
    assert len(cleaned(png(3, 3, bytes(12)), "image/png")) > 50
    with pytest.raises(BadImage, match="broken"):
        cleaned(png(3, 3, pixels), "image/png")


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    with pytest.raises(BadImage, match="large"):
        cleaned(png(60_000, 60_000, bytes(1000)), "image/png")
    photo = bytearray(a_picture("JPEG"))
    at = photo.index(b"\xff\xc0") + 5
    photo[at : at + 4] = struct.pack(">HH", 60_000, 60_000)
    with pytest.raises(BadImage, match="large"):
        cleaned(bytes(photo), "image/jpeg")
    wide = bytearray(a_picture("WEBP", exif=photo_exif()))
    at = wide.index(b"VP8X") + 12
    wide[at : at + 6] = b"\xff\x3f\x00\xff\x3f\x00"
    with pytest.raises(BadImage, match="large"):
        cleaned(bytes(wide), "image/webp")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_nothing_but_badimage_comes_of_a_damaged_picture(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(KINDS)))
    photo = bytearray(PHOTOS[kind])
    for _time in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(photo) - 1))
        photo[at] = data.draw(st.integers(0, 255))
    try:
        clean = cleaned(bytes(photo), KINDS[kind])
    except BadImage:
        return
    assert cleaned(clean, KINDS[kind]) == clean


PHOTOS = {kind: a_picture(kind, exif=photo_exif(orientation=6)) for kind in KINDS}
