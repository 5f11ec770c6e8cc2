"""One's own pictures, which a command reads: each is decoded here, whatever names it."""

from __future__ import annotations

from typing import BinaryIO

from inkdigits.batch.items import Source, TarMember, ZipMember
from inkdigits.decode import Limits, decode
from inkdigits.errors import FileUnreadable, InputError, TooManyBytes, TooManyPixels
from inkdigits.types import Raster

#: A file of one's own may be larger than what a stranger sends to a server.
OWN = Limits(max_bytes=100_000_000, max_pixels=50_000_000)


def decoded(source: Source | BinaryIO) -> Raster:
    """The picture. Raises InputError, with a remedy that a command has."""
    try:
        return _decoded(source)
    except (TooManyBytes, TooManyPixels) as error:
        raise type(error)(error.message, "Save the picture smaller.") from None


def _decoded(source: Source | BinaryIO) -> Raster:
    if isinstance(source, InputError):
        raise source
    if isinstance(source, TarMember | ZipMember):
        return decode(source.read(OWN.max_bytes), OWN)
    if isinstance(source, str) and source.startswith(("http://", "https://")):
        raise FileUnreadable(f"{source} is an address, and none is fetched", "Fetch it, and name the file.")
    return decode(source, OWN)
