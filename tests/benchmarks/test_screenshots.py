"""The manuals' pictures: packed without loss."""

import struct
import zlib

from docs.screenshots import PNG, _chunk, packed


def picture(level: int) -> bytes:
    """A white square of 64 × 64 pixels, packed as loosely as `level` says."""
    head = struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\xff" * 64) * 64, level)
    chunks = [(b"IHDR", head), (b"tEXt", b"Author\0somebody"), (b"IDAT", pixels), (b"IEND", b"")]
    return PNG + b"".join(_chunk(name, data) for name, data in chunks)


def pixels_of(png: bytes) -> bytes:
    start = png.index(b"IDAT")
    (length,) = struct.unpack_from(">I", png, start - 4)
    return zlib.decompress(png[start + 4 : start + 4 + length])


def test_a_picture_gets_smaller_and_stays_the_same() -> None:
    loose = picture(level=0)
    tight = packed(loose)
    assert len(tight) < len(loose) / 10
    assert pixels_of(tight) == pixels_of(loose)


def test_a_packed_picture_says_nothing_about_its_author() -> None:
    assert b"Author" not in packed(picture(level=0))


def test_a_picture_that_cannot_get_smaller_is_left_alone() -> None:
    tight = packed(picture(level=9))
    assert packed(tight) == tight
