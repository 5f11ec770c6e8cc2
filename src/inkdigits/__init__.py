"""inkdigits reads handwritten digits: `read("digits.png").text`."""

from importlib.metadata import version as _version

from inkdigits.decode import Limits
from inkdigits.errors import InkdigitsError, InputError, ModelError
from inkdigits.reader import Reader, read
from inkdigits.types import Box, Digit, Reading

__version__ = _version("inkdigits")

__all__ = [
    "Box",
    "Digit",
    "InkdigitsError",
    "InputError",
    "Limits",
    "ModelError",
    "Reader",
    "Reading",
    "__version__",
    "read",
]
