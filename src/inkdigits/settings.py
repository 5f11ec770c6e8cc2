"""How a server is set up: one table of names, defaults and meanings, filled from the environment."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from inkdigits.errors import SettingsError

PREFIX = "INKDIGITS_"
#: What else is read from the environment: by training, by compose.yaml and by the hosts of the page.
ELSEWHERE = ("API", "DATA", "DATA_FROM", "MODELS", "RUNS")
#: Pillow unpacks no picture that is larger.
MOST_PIXELS = 178_956_970
#: Parts with a slash in front, none of them a step to the same place or up.
_PATH = re.compile(r"(/(?!\.+(/|$))[A-Za-z0-9._~-]+)*")
_ORIGIN = re.compile(r"\*|https?://([a-zA-Z0-9.-]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?")


class Settings(BaseSettings):
    """The settings of a server. Each is read from INKDIGITS_<NAME> unless it is given here.

    Raises SettingsError for a value that is not possible.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, populate_by_name=True, extra="forbid",
        protected_namespaces=(),
    )  # fmt: skip

    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on; 0.0.0.0 is every one.")
    port: int = Field(
        8000, ge=0, le=65535, validation_alias=AliasChoices(f"{PREFIX}PORT", "PORT"),
        description="Port to listen on; 0 takes a free one. Plain PORT is obeyed too.",
    )  # fmt: skip
    workers: int = Field(1, ge=1, le=256, description="Processes that read; each holds its own model.")
    threads: int = Field(2, ge=1, le=256, description="Requests that one worker works on at a time.")
    model: Path | None = Field(None, description="Model file; the one in the package where not given.")
    max_bytes: int = Field(10_000_000, ge=1, description="Largest picture file, in bytes.")
    max_pixels: int = Field(
        20_000_000, ge=1, le=MOST_PIXELS,
        description="Largest picture, in pixels (width times height); a JPEG may have twice as many "
        "unless it is progressive.",
    )  # fmt: skip
    prefix: str = Field(
        "",
        description="Path below which everything is, such as /digits, where a proxy serves other things too.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least level of what is logged: debug, info, warning or error."
    )
    log_format: Literal["json", "text"] = Field("json", description="Form of the log's lines: json or text.")
    drain: float = Field(
        3, ge=0, le=600, description="Seconds for which a server told to stop still takes new requests."
    )
    watch: float = Field(
        1, ge=0, le=3600, description="Seconds between looks whether the model file has changed; 0 is never."
    )
    queue: int = Field(
        64,
        ge=0,
        le=4096,
        description="Requests that may wait in one worker until a thread is free; fewer if they take long.",
    )
    timeout: float = Field(30, ge=0.1, le=3600, description="Seconds in which a request must have come.")
    keys: Path | None = Field(
        None, description="File of API keys, made by `inkdigits keys add`; whoever wants a reading needs one."
    )
    rate_limit: str | None = Field(
        None, description="Pictures that each caller may have read, such as 100/minute; none is no limit."
    )
    redis: str | None = Field(
        None, description="Address of the Redis in which workers and machines count together for rate_limit."
    )
    trusted_proxies: int = Field(
        0, ge=0, le=16, description="Proxies in front whose X-Forwarded-For and -Proto are believed."
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Web origins that may call the API, with commas between; * is every one."
    )

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise SettingsError(_first_fault(error)) from None

    @field_validator("prefix")
    @classmethod
    def _path(cls, prefix: str) -> str:
        if not _PATH.fullmatch(prefix):
            raise ValueError(
                "it is no path such as /digits, whose parts have a slash in front and are "
                "of letters, digits and ._~-, not of dots alone"
            )
        return prefix

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is no origin such as https://example.org")
        return origins


def unknown(variables: Iterable[str]) -> dict[str, list[str]]:
    """Those that begin as a setting's variable and are none, each with those that may be meant."""
    known = [name.upper() for name in Settings.model_fields]
    given = {name: name.upper().removeprefix(PREFIX) for name in variables if name.upper().startswith(PREFIX)}
    return {
        name: [PREFIX + like for like in get_close_matches(rest, known)]
        for name, rest in given.items()
        if rest not in (*known, *ELSEWHERE)
    }


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False)[0]
    name = str(fault["loc"][0]).removeprefix(PREFIX).lower() if fault["loc"] else "settings"
    reason = fault["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return f"The setting {name} cannot be {fault['input']!r}: {reason}"
