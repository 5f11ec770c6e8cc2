"""What goes over the wire, as types: the API's document and the web client's types are made of them."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired

from pydantic import ConfigDict, Field, WithJsonSchema, with_config
from typing_extensions import TypedDict

from inkdigits.decline import REASONS
from inkdigits.strokes import FARTHEST

#: Most pictures of one request.
MOST_PICTURES = 64
SIDE = 28

_NUMBER = {"type": "number", "minimum": -FARTHEST, "maximum": FARTHEST}
Count = Annotated[int, Field(ge=0)]
Value = Annotated[int, Field(ge=0, le=9)]
Share = Annotated[float, Field(ge=0, le=1, description="0 to 1.")]
Shares = Annotated[list[Share], Field(min_length=10, max_length=10)]
Point = Annotated[
    list[float],
    WithJsonSchema({"type": "array", "minItems": 2, "prefixItems": [_NUMBER, _NUMBER]}),
]
Strokes = Annotated[
    list[list[Point]],
    Field(
        description="Strokes, each a list of [x, y] points, y down, in any unit; at most 10,000 strokes and "
        "100,000 points."
    ),
]
Image = Annotated[
    str,
    Field(
        min_length=1,
        description="A picture file as base64, of either alphabet, or as a data URL.",
        json_schema_extra={"contentEncoding": "base64"},
    ),
]
Pixels = Annotated[
    list[Annotated[float, Field(ge=0, le=255)]],
    Field(
        min_length=SIDE * SIDE,
        max_length=SIDE * SIDE,
        description="28 rows of 28, from 0 to 1, or from 0 to 255 where one is over 1.",
    ),
]
PngUrl = Annotated[str, Field(pattern="^data:image/png;base64,", description="A PNG file as a data URL.")]


# --- what is asked ---

_nothing_else = with_config(ConfigDict(extra="forbid"))


@_nothing_else
class PictureFile(TypedDict):
    """A picture file in JSON."""

    image: Image


@_nothing_else
class Drawing(TypedDict):
    """Pen strokes."""

    strokes: Strokes


@_nothing_else
class PixelGrid(TypedDict):
    """A small picture, pixel by pixel."""

    pixels: Pixels


# Whatever is no picture has an answer of its own that says so, hence `Any`.
@_nothing_else
class Batch(TypedDict):
    """Several pictures, of any forms."""

    pictures: Annotated[
        list[PictureFile | Drawing | PixelGrid | Any], Field(min_length=1, max_length=MOST_PICTURES)
    ]


@_nothing_else
class Drawings(TypedDict):
    """Several drawings."""

    drawings: Annotated[list[Strokes | Any], Field(min_length=1, max_length=MOST_PICTURES)]


class OldPictureFile(TypedDict):
    """A picture file in JSON, from clients of older services, and whatever else they send."""

    image: Image


class OldPixelGrid(TypedDict):
    """A small picture, pixel by pixel, from clients of older services, and whatever else they send."""

    pixels: Pixels


#: Field of a JSON body -> the body that has it.
BODIES: dict[str, Any] = {
    "image": PictureFile,
    "strokes": Drawing,
    "pixels": PixelGrid,
    "pictures": Batch,
    "drawings": Drawings,
}
#: The same for the routes that leave out what else there is.
LENIENT: dict[str, Any] = {"image": OldPictureFile, "pixels": OldPixelGrid}


# --- what is answered ---


class Box(TypedDict):
    """A rectangle in pixels of the upright picture, or in the units of the strokes."""

    x: int
    y: int
    width: Count
    height: Count


class Digit(TypedDict):
    """One digit: its value, how sure that is, and the probability of each of the ten (sum 1)."""

    value: Value
    confidence: Share
    probabilities: Shares
    box: Box


class ExplainedDigit(TypedDict):
    """The 28x28 that the network saw of a digit, and the ink that decided."""

    value: Value
    box: Box
    tile: PngUrl
    saliency: PngUrl


class Explanation(TypedDict):
    """What was taken for ink, the picture with the digits' boxes, and each digit by itself."""

    ink: PngUrl
    boxes: PngUrl
    digits: list[ExplainedDigit]


class Reading(TypedDict):
    """What is written: lines and wide gaps kept in `text`, its digits in that order.

    `confidence` is the probability that the whole text is right. `reason` is null, or why there is no
    answer; then text and digits are empty. `turned` is by how many degrees clockwise the writing is
    turned. `explanation` is there if it was asked for.
    """

    text: str
    confidence: Share
    reason: Annotated[str, Field(json_schema_extra={"enum": list(REASONS)})] | None
    turned: Annotated[int, Field(ge=0, le=270, multiple_of=90)]
    digits: list[Digit]
    explanation: NotRequired[Explanation]


class Problem(TypedDict):
    """Why there is no answer (RFC 9457): what is wrong is `detail`, what would be right is `remedy`."""

    type: Annotated[str, Field(json_schema_extra={"format": "uri-reference"})]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    code: Annotated[str, Field(description="Stays the same from version to version.")]
    remedy: str
    request_id: str


class Read(TypedDict):
    """A picture of a batch that was read."""

    reading: Reading


class Unread(TypedDict):
    """A picture of a batch that could not be read."""

    problem: Problem


class Answers(TypedDict):
    """One answer for each picture, in their order."""

    answers: Annotated[list[Read | Unread], Field(min_length=1, max_length=MOST_PICTURES)]


class Card(TypedDict):
    """What a model says of itself: what it is, what it learnt from and how good it is."""

    name: str
    version: str
    labels: list[str]
    temperature: float
    data: list[dict[str, Any]]
    metrics: dict[str, Any]
    licence: str
    run: dict[str, Any]
    parameters: Count
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    risks: NotRequired[list[tuple[float, float]]]
    risk: NotRequired[float]
    weights: NotRequired[dict[str, Any]]


class Cards(TypedDict):
    """The three models that read together."""

    digits: Card
    finder: Card
    refiner: Card


class ProblemKind(TypedDict):
    """What an error's `code` stands for."""

    code: str
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    remedy: str


class OldDigit(TypedDict):
    """One digit, under the names that older services gave it."""

    digit: Value
    prediction: Value
    predicted_digit: Value
    confidence: Share
    probabilities: Shares


class Welcome(TypedDict):
    message: str


class Health(TypedDict):
    status: str
