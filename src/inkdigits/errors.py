"""Every error a caller can meet; those of HTTP alone are in `server/errors.py`.

InkdigitsError
├── InputError                 what was given cannot be read
│   ├── MissingField           a request lacks what it must hold
│   ├── BadJson                a request body is not the JSON it claims to be
│   ├── BadOption              an option of a request with an impossible value
│   ├── BadGuide               what is asked of the text contradicts itself
│   ├── UnsupportedInput       a type, shape or media type that is not understood
│   ├── FileUnreadable         a path that cannot be opened
│   ├── NotAnImage             bytes in no known picture format
│   ├── TruncatedImage         a picture whose data ends early or is damaged
│   ├── TooManyBytes           a file over the byte limit
│   ├── TooManyPixels          a picture over the pixel limit
│   ├── BadBase64              text that is not base64 of anything
│   ├── BadPixels              a pixel list of the wrong length or range
│   ├── BadStrokes             pen strokes that are no points
│   ├── BadSource              an archive or a list of pictures that is damaged
│   └── NoDigit                no ink where one digit was asked for
├── ModelError                 the model file cannot be used
│   ├── ModelMissing
│   └── ModelInvalid           not the file it should be, or not a digit model
├── DataError                  a dataset cannot be had
│   ├── MalformedFile          a file of a dataset that breaks its format
│   ├── DatasetMissing
│   └── FetchFailed
├── RunError                   a training run cannot start or go on
├── BatchError                 a batch of pictures cannot start or go on
├── NotWritten                 a file that cannot be written: no room, no permission
├── SettingsError              a setting with an impossible value
├── MissingExtra               an optional part is not installed
└── InternalError              a fault of ours

Each class has a stable `code` (for programs), a `status` (for HTTP) and an
`exit_code` (for the shell); each error says what is wrong and what to do.
"""

from __future__ import annotations

from typing import ClassVar


class InkdigitsError(Exception):
    """Base of every error raised on purpose.

    `message` names the thing and the reason, `remedy` what would be right.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1
    default_remedy: ClassVar[str] = "Report this with the command that caused it."

    def __init__(self, message: str, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy or self.default_remedy

    def __str__(self) -> str:
        return f"{self.message}. {self.remedy}"

    def __reduce__(self) -> tuple[object, ...]:
        # Exception's own calls the class with the message, which not every one takes.
        return Exception.__new__, (type(self), *self.args), vars(self)

    def to_dict(self) -> dict[str, object]:
        """The error as `--json` prints it."""
        return {"error": {"code": self.code, "message": self.message, "remedy": self.remedy}}


class InputError(InkdigitsError):
    code = "bad_input"
    status = 400
    exit_code = 3
    default_remedy = "Give a picture of handwritten digits."


class MissingField(InputError):
    code = "missing_field"


class BadJson(InputError):
    code = "bad_json"
    default_remedy = "Send one JSON object."


class BadOption(InputError):
    code = "bad_option"
    exit_code = 2
    default_remedy = "Correct the option or leave it out."


class BadGuide(InputError):
    code = "bad_guide"
    exit_code = 2
    default_remedy = "Correct length, count, lines or pattern, or leave them out."


class UnsupportedInput(InputError):
    code = "unsupported_input"
    status = 415


class FileUnreadable(InputError):
    code = "file_unreadable"
    default_remedy = "Check the path and that you may read it."


class NotAnImage(InputError):
    code = "not_an_image"
    status = 415
    default_remedy = "Give a PNG, JPEG, WebP, GIF, BMP, TIFF or PGM file."


class TruncatedImage(InputError):
    code = "truncated_image"
    default_remedy = "Save or send the whole file again."


class TooManyBytes(InputError):
    code = "too_many_bytes"
    status = 413
    default_remedy = "Save the picture smaller, or raise the limit."


class TooManyPixels(InputError):
    code = "too_many_pixels"
    status = 413
    default_remedy = "Scale the picture down, or raise the limit."


class BadBase64(InputError):
    code = "bad_base64"
    default_remedy = "Encode the file's bytes as base64, with or without a data URL in front."


class BadPixels(InputError):
    code = "bad_pixels"
    default_remedy = "Give 784 numbers, 28 rows of 28, from 0 to 1 or from 0 to 255."


class BadStrokes(InputError):
    code = "bad_strokes"
    default_remedy = "Give a list of strokes, each a list of [x, y] points with y down."


class BadSource(InputError):
    code = "bad_source"
    default_remedy = "Make the archive or the list anew, or leave out what is damaged."


class NoDigit(InputError):
    code = "no_digit"
    status = 422
    default_remedy = "Give a picture with a digit written in it."


class ModelError(InkdigitsError):
    code = "model_error"
    status = 503
    exit_code = 4
    default_remedy = "Install the package again, or name another file with --model."


class ModelMissing(ModelError):
    code = "model_missing"


class ModelInvalid(ModelError):
    code = "model_invalid"


class DataError(InkdigitsError):
    code = "data_error"
    exit_code = 5
    default_remedy = "Run `inkdigits data fetch`."


class MalformedFile(DataError):
    """A dataset file that breaks its format; `offset` is the byte where it does."""

    code = "malformed_file"

    def __init__(self, name: str, offset: int, reason: str, remedy: str | None = None) -> None:
        super().__init__(f"{name} is malformed at byte {offset}: {reason}", remedy)
        self.offset = offset


class DatasetMissing(DataError):
    code = "dataset_missing"


class FetchFailed(DataError):
    code = "fetch_failed"
    default_remedy = "Check the network, or give a folder that holds the files with --from."


class RunError(InkdigitsError):
    code = "run_error"
    exit_code = 6
    default_remedy = "Correct the run file; runs/digits.toml is a complete example."


class BatchError(InkdigitsError):
    code = "batch_error"
    exit_code = 8
    default_remedy = "Give the same command again: it goes on where it stopped."


class NotWritten(InkdigitsError):
    code = "not_written"
    exit_code = 9
    default_remedy = "Make room there, or name a place that you may write to."


class SettingsError(InkdigitsError):
    code = "bad_setting"
    exit_code = 2
    default_remedy = "Correct the environment variable or the option."


class MissingExtra(InkdigitsError):
    """An optional part (`extra`) is not installed."""

    code = "missing_extra"
    exit_code = 7

    def __init__(self, purpose: str, extra: str) -> None:
        super().__init__(
            f"{purpose} needs a part that is not installed", f"Run: pip install 'inkdigits[{extra}]'"
        )


class InternalError(InkdigitsError):
    code = "internal"
    status = 500
    default_remedy = "Try again; if it lasts, tell whoever runs this server."
