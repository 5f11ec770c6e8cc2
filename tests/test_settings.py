"""Settings come from the environment, and an impossible one is said, not traced."""

from __future__ import annotations

import io
import re
import runpy
import zlib
from pathlib import Path

import pytest
from PIL import Image

from inkdigits.errors import SettingsError
from inkdigits.server import create_app
from inkdigits.settings import MOST_PIXELS, Settings, unknown

ROOT = Path(__file__).parent.parent


def test_defaults() -> None:
    settings = Settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert (settings.max_bytes, settings.max_pixels) == (10_000_000, 20_000_000)
    assert settings.model is None
    assert settings.cors_origins == ()


def test_each_has_a_help() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_the_page_of_the_docs_is_what_the_rows_say() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "settings.py"))
    page: str = script["page"]()
    assert (ROOT / "docs" / "settings.md").read_text("utf-8") == page, "run `make docs`"
    assert page.count("\n| `INKDIGITS_") == len(Settings.model_fields)
    assert "| `INKDIGITS_PORT` | 0 to 65535 | 8000 | Port to listen on;" in page
    assert "| `INKDIGITS_LOG_FORMAT` | json, text | json |" in page


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "HOST": "::1", "PORT": "81", "WORKERS": "2", "THREADS": "3", "MODEL": "/m.onnx", "MAX_BYTES": "5",
        "MAX_PIXELS": "6", "PREFIX": "/a/b", "LOG_LEVEL": "debug", "LOG_FORMAT": "text", "DRAIN": "0.5",
        "WATCH": "0", "CORS_ORIGINS": "https://a.example, http://localhost:5173,",
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(f"INKDIGITS_{name}", value)
    assert Settings().model_dump(include={name.lower() for name in given}) == {
        "host": "::1", "port": 81, "workers": 2, "threads": 3, "model": Path("/m.onnx"), "max_bytes": 5,
        "max_pixels": 6, "prefix": "/a/b", "log_level": "debug", "log_format": "text", "drain": 0.5,
        "watch": 0, "cors_origins": ("https://a.example", "http://localhost:5173"),
    }  # fmt: skip


def test_plain_port_is_obeyed_but_the_own_name_goes_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9001")
    assert Settings().port == 9001
    monkeypatch.setenv("INKDIGITS_PORT", "9002")
    assert Settings().port == 9002


def test_an_empty_variable_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INKDIGITS_MODEL", "")
    monkeypatch.setenv("INKDIGITS_PORT", "")
    assert (Settings().model, Settings().port) == (None, 8000)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "70000"), ("port", "-1"), ("port", "http"), ("workers", "0"), ("threads", "0"),
        ("max_bytes", "0"), ("max_pixels", "many"), ("max_pixels", "178956971"),
        ("cors_origins", "example.org"), ("cors_origins", "https://a.example/path"),
        ("cors_origins", "https://*.example.org"), ("cors_origins", "null"), ("prefix", "digits"),
        ("prefix", "/digits/"), ("prefix", "/"), ("prefix", "/a b"), ("prefix", "/.."), ("prefix", "/a/./b"),
        ("timeout", "0.0004"), ("log_level", "loud"), ("log_format", "xml"),
        ("drain", "-1"), ("drain", "nan"), ("watch", "often"),
    ],
)  # fmt: skip
def test_impossible_values_are_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"INKDIGITS_{name.upper()}", value)
    with pytest.raises(SettingsError, match=f"The setting {name} cannot be .*{value}".replace("*.e", ".*e")):
        Settings()


def test_a_prefix_is_told_in_words() -> None:
    with pytest.raises(SettingsError, match="'/digits/': it is no path such as /digits"):
        Settings(prefix="/digits/")
    assert Settings(prefix="/.a/..b/c..").prefix == "/.a/..b/c.."


def test_unknown_names_and_changes_are_refused() -> None:
    with pytest.raises(SettingsError, match="prot"):
        Settings(prot=1)
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 1  # type: ignore[misc]


def test_other_names_that_begin_as_a_setting_are_known() -> None:
    """Nothing else of this project is taken for a slip of the hand."""
    files = [
        ROOT / "compose.yaml",
        *(ROOT / "deploy").rglob("*"),
        *(ROOT / "src" / "inkdigits").rglob("*.py"),
    ]
    named = {
        name for file in files if file.is_file() for name in re.findall(r"\bINKDIGITS_[A-Z_]+\b", _text(file))
    }
    assert named >= {"INKDIGITS_DATA", "INKDIGITS_RUNS", "INKDIGITS_PORT"}
    assert unknown(named) == {}


def _text(file: Path) -> str:
    return file.read_text("utf-8", "replace")


def test_an_unknown_name_is_told_of_at_the_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("INKDIGITS_RATELIMIT", "INKDIGITS_QQQQ", "inkdigits_workers", "INKDIGITS_DATA"):
        monkeypatch.setenv(name, "1")
    create_app()
    assert caplog.messages == [
        "There is no setting INKDIGITS_RATELIMIT, so it changes nothing; is INKDIGITS_RATE_LIMIT meant?",
        "There is no setting INKDIGITS_QQQQ, so it changes nothing",
    ]


def png_of_width(width: int) -> io.BytesIO:
    """A PNG file that says that it is so wide, and one pixel high."""
    file = io.BytesIO()
    Image.new("1", (1, 1)).save(file, "PNG")
    data = bytearray(file.getvalue())
    data[16:20] = width.to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return io.BytesIO(data)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_as_many_pixels_as_may_be_set_are_read() -> None:
    """Pillow opens no picture with one more."""
    assert Settings(max_pixels=MOST_PIXELS).max_pixels == MOST_PIXELS
    with Image.open(png_of_width(MOST_PIXELS)) as image:
        assert image.size == (MOST_PIXELS, 1)
    with pytest.raises(Image.DecompressionBombError):
        Image.open(png_of_width(MOST_PIXELS + 1))
