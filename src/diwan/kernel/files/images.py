"""Pictures without what they tell in secret: plain Python over their segments and chunks.

A photo carries where it was taken, the serial number of the camera and a small picture of what was
cut off. All of it goes; the pixels are copied as they are and never compressed again. What changes
how the picture looks stays: the colour profile, and the orientation as the one Exif tag that is
left. The same photo gives the same bytes, and a cleaned picture is cleaned to itself.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Iterator

from PIL import Image, UnidentifiedImageError

MAX_PIXELS = 80_000_000
"""More than an A3 scan at 600 dpi; a small file that unpacks to more is refused."""
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_ORIENTATION = 0x0112
_PIECE = 1 << 20


class BadImage(Exception):
    """The picture is not taken: `broken` (breaks off, contradicts itself) or `large`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def cleaned(content: bytes, media_type: str) -> bytes:
    """The picture without metadata, and without whatever was hung on behind its end.

    `media_type` is one of `FORMATS`. Raises BadImage.
    """
    try:
        found = _CLEANERS[media_type](content)
    except (struct.error, IndexError, zlib.error) as error:
        raise BadImage("broken") from error
    _look(found, FORMATS[media_type])
    return found


def _look(content: bytes, kind: str) -> None:
    """A second opinion on what was cleaned. The pixels are not unpacked."""
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            width, height = picture.size
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BadImage("broken") from error
    _bounded(width, height)


def _bounded(width: int, height: int) -> None:
    if not width or not height:
        raise BadImage("broken")
    if width * height > MAX_PIXELS:
        raise BadImage("large")


def _orientation(exif: bytes) -> int:
    """How the camera was held, 1 to 8; 1 (upright) where it isn't said or makes no sense."""
    try:
        tags = Image.Exif()
        tags.load(exif)
        value = tags.get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - whatever a camera wrote there, the picture itself is well
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _tiff(orientation: int) -> bytes:
    """An Exif block that says the orientation and nothing else."""
    tag = struct.pack(">HHIHH", _ORIENTATION, 3, 1, orientation, 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + tag + bytes(4)


# --- JPEG (ITU T.81; JFIF 1.02) -----------------------------------------------------------------

_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP14 = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE
_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
# The next marker within coded data: not a stuffed zero, a restart or a fill byte.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def _jpeg(data: bytes) -> bytes:
    parts: list[bytes] = []
    first: list[bytes] = []
    orientation, sized, scanned = 1, False, False
    for marker, payload, coded in _segments(data):
        if marker in _SIZES:
            height, width = struct.unpack_from(">HH", payload, 1)
            _bounded(width, height)
            sized = True
        scanned = scanned or marker == _SOS
        if marker == _APP1 and payload.startswith(b"Exif\0\0") and orientation == 1:
            orientation = _orientation(payload)
        kept = _jpeg_kept(marker, payload)
        if kept is not None:
            (first if marker == _APP0 else parts).append(_segment(marker, kept) + coded)
    if not sized or not scanned:
        raise BadImage("broken")
    if orientation != 1:
        first.append(_segment(_APP1, b"Exif\0\0" + _tiff(orientation)))
    return b"\xff\xd8" + b"".join(first) + b"".join(parts) + b"\xff\xd9"


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, payload and the coded data behind it, up to the picture's own end."""
    at = 2
    while True:
        if data[at] != 0xFF:
            raise BadImage("broken")
        while data[at + 1] == 0xFF:
            at += 1
        marker = data[at + 1]
        if marker == _EOI:
            return
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if marker < 0xC0 or marker == _SOI or length < 2 or end > len(data):
            raise BadImage("broken")
        payload, coded = data[at + 4 : end], b""
        if marker == _SOS:
            following = _NEXT_MARKER.search(data, end)
            if following is None:
                raise BadImage("broken")
            coded, end = data[end : following.start()], following.start()
        yield marker, payload, coded
        at = end


def _jpeg_kept(marker: int, payload: bytes) -> bytes | None:
    """What stays of a segment; None where nothing does."""
    if marker == _APP0 and payload.startswith(b"JFIF\0") and len(payload) >= 14:
        return payload[:12] + b"\0\0"  # without its small picture
    if marker == _APP2:
        return payload if payload.startswith(b"ICC_PROFILE\0") else None
    if marker == _APP14:
        return payload if payload.startswith(b"Adobe") else None
    return None if _APP0 <= marker <= 0xEF or marker == 0xFE else payload


def _segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


# --- PNG (third edition) ------------------------------------------------------------------------

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT"}
    | {b"bKGD", b"pHYs", b"hIST", b"cICP", b"mDCV", b"cLLI", b"acTL", b"fcTL", b"fdAT"}
)
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7 = (
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
    *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
)


def _png(data: bytes) -> bytes:
    kept: list[tuple[bytes, bytes]] = []
    orientation = 1
    for name, payload in _png_chunks(data):
        if name in _PNG_KEPT:
            kept.append((name, payload))
        elif name == b"eXIf":
            orientation = _orientation(payload)
    if not kept or kept[0][0] != b"IHDR":
        raise BadImage("broken")
    _inflated(kept[0][1], [payload for name, payload in kept if name == b"IDAT"])
    if orientation != 1:
        kept.insert(1, (b"eXIf", _tiff(orientation)))
    return _PNG + b"".join(_png_chunk(name, payload) for name, payload in kept)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        payload = data[at + 8 : at + 8 + length]
        (stated,) = struct.unpack_from(">I", data, at + 8 + length)
        if zlib.crc32(name + payload) != stated:
            raise BadImage("broken")
        yield name, payload
        if name == b"IEND":
            return
        at += 12 + length


def _png_chunk(name: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + name + payload + _crc(name + payload)


def _crc(data: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(data))


def _inflated(header: bytes, pieces: list[bytes]) -> None:
    """The packed pixels are as many as the header promises: neither cut off nor a bomb."""
    width, height, depth, colour, _packing, _filter, interlaced = struct.unpack(">IIBBBBB", header)
    _bounded(width, height)
    bits = depth * _CHANNELS.get(colour, 0)
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    left = sum(_pass_bytes(width, height, bits, one) for one in passes)
    unpacking = zlib.decompressobj()
    for piece in pieces:
        rest = piece
        while rest and not unpacking.eof:
            left -= len(unpacking.decompress(rest, min(_PIECE, left + 1)))
            if left < 0:
                raise BadImage("broken")
            rest = unpacking.unconsumed_tail
    if left:
        raise BadImage("broken")


def _pass_bytes(width: int, height: int, bits: int, one: tuple[int, int, int, int]) -> int:
    """Bytes of one pass: its rows, each with a byte that names its filter."""
    x, y, step_x, step_y = one
    columns, rows = -((x - width) // step_x), -((y - height) // step_y)
    return rows * (1 + (columns * bits + 7) // 8) if columns > 0 and rows > 0 else 0


# --- WebP (RFC 9649) ----------------------------------------------------------------------------

_WEBP_KEPT = (b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L")
_EXIF_FLAG, _XMP_FLAG = 0x08, 0x04


def _webp(data: bytes) -> bytes:
    (size,) = struct.unpack_from("<I", data, 4)
    if size + 8 > len(data):
        raise BadImage("broken")
    chunks = list(_riff(data[12 : size + 8]))
    orientation = next((_orientation(payload) for name, payload in chunks if name == b"EXIF"), 1)
    kept = [(name, payload) for name, payload in chunks if name in _WEBP_KEPT]
    if not kept:
        raise BadImage("broken")
    name, payload = kept[0]
    _bounded(*_webp_size(name, payload))
    if name == b"VP8X":
        flags = payload[0] & ~(_EXIF_FLAG | _XMP_FLAG)
        if orientation != 1:
            flags |= _EXIF_FLAG
            kept.append((b"EXIF", _tiff(orientation)))
        kept[0] = (name, bytes([flags]) + payload[1:])
    body = b"WEBP" + b"".join(_riff_chunk(name, payload) for name, payload in kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _webp_size(name: bytes, payload: bytes) -> tuple[int, int]:
    """Width and height as the first chunk says."""
    if name == b"VP8X":
        return (
            1 + int.from_bytes(payload[4:7], "little"),
            1 + int.from_bytes(payload[7:10], "little"),
        )
    if name == b"VP8L":
        (bits,) = struct.unpack_from("<I", payload, 1)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", payload, 6)
    return width & 0x3FFF, height & 0x3FFF


def _riff(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(body):
        name, length = struct.unpack_from("<4sI", body, at)
        if at + 8 + length > len(body):
            raise BadImage("broken")
        yield name, body[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _riff_chunk(name: bytes, payload: bytes) -> bytes:
    return name + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)


_CLEANERS = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp}
