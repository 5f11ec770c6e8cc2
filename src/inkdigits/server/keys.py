"""API keys: a file of their hashes, which is read again when it changes."""

from __future__ import annotations

import fcntl
import logging
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from stat import S_IMODE
from typing import Any

from flask import Flask, g, request

from inkdigits.errors import SettingsError
from inkdigits.files import read_regular, stamp, write_atomically, writing
from inkdigits.server.errors import Unauthorized

log = logging.getLogger(__name__)

#: What every token begins with, so that one that leaks is recognised for what it is.
MARK = "inkdigits_"
#: Random bytes in a token: too many to guess, so that a plain hash of it gives nothing away.
ENTROPY = 32
#: Where an application keeps its keys.
EXTENSION = "inkdigits_keys"
#: Addresses that need a key even to be looked at.
PRIVATE = ("/metrics",)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LINE = re.compile(rf"({_NAME.pattern})\s+([0-9a-f]{{64}})\s+(\d{{4}}-\d\d-\d\d)")


@dataclass(frozen=True)
class Key:
    """One key: whose it is, the SHA-256 of its token in hexadecimal, and the day on which it was made."""

    name: str
    digest: str
    made: date

    def __str__(self) -> str:
        return f"{self.name} {self.digest} {self.made.isoformat()}"


def load(path: Path) -> list[Key]:
    """The keys in a file. Raises SettingsError for one that cannot be read or is no file of keys."""
    try:
        lines = read_regular(path).decode().splitlines()
        return [_parsed(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it holds something that is no key"
        raise SettingsError(
            f"The keys in {path} cannot be read: {reason}", "Make the file with `inkdigits keys add NAME`."
        ) from None


def _parsed(line: str) -> Key:
    if not (parts := _LINE.fullmatch(line.strip())):
        raise ValueError(line)
    return Key(parts[1], parts[2], date.fromisoformat(parts[3]))


def add(path: Path, name: str) -> str:
    """Make a key called `name` and add it to the file; its token, which is nowhere else.

    Raises SettingsError for a name that is taken or not possible, and for a file that cannot be used.
    """
    if not _NAME.fullmatch(name):
        raise SettingsError(f"A key cannot be called {name!r}", "Use up to 64 letters, digits, dots, dashes.")
    token = MARK + secrets.token_urlsafe(ENTROPY)
    with _changing(path) as keys:
        if any(key.name == name for key in keys):
            raise SettingsError(
                f"There is a key called {name} already", "Choose another name, or revoke that one."
            )
        keys.append(Key(name, _digest(token), datetime.now(UTC).date()))
    return token


def revoke(path: Path, name: str) -> None:
    """Take the key called `name` out of the file. Raises SettingsError if there is none."""
    load(path)  # else one that is not there would be made
    with _changing(path) as keys:
        left = [key for key in keys if key.name != name]
        if len(left) == len(keys):
            raise SettingsError(
                f"There is no key called {name}", "`inkdigits keys list` tells which there are."
            )
        keys[:] = left


@contextmanager
def _changing(path: Path) -> Iterator[list[Key]]:
    """The keys of the file, which holds what is left of them in the end; who else changes it waits, or one
    of the two changes would be lost. One that is not there is made, for its owner. Raises NotWritten.
    """
    # In the place of a link the new file would be, and the old one go on being obeyed elsewhere.
    path = Path(os.path.realpath(path))
    with writing(path), _locked(path):
        keys, old = load(path), path.stat()
        yield keys
        data = "".join(f"{key}\n" for key in keys).encode()
        try:
            write_atomically(path, data, S_IMODE(old.st_mode), (old.st_uid, old.st_gid))
        except BaseException:
            if not old.st_size:  # it was made to be locked
                path.unlink()
            raise


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        before = stamp(path)
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600)) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if stamp(path) == before:  # else another file has taken its place while this waited
                yield
                return


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


class Keys:
    """The keys of a file as it is now. Raises SettingsError if it cannot be read to begin with."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # Set as one, so that no thread leaves the keys of an older file with the stamp of a newer.
        self._known = stamp(path), load(path)
        self._refused = self._known[0]

    def caller(self, headers: Any) -> str:
        """Whose key stands in a request's headers. Raises Unauthorized."""
        if not (tokens := _tokens(headers)):
            raise Unauthorized("The request has no API key")
        # One of them may be meant for a gateway in front.
        for name in [self.name_of(token) for token in tokens]:
            if name:
                return name
        raise Unauthorized("The API key is not known here, or has been revoked")

    def name_of(self, token: str) -> str | None:
        """Whose key `token` is; None if it is nobody's."""
        self._refresh()
        given, found = _digest(token), None
        # Every hash is compared to its end, so that how long it takes tells nothing.
        for key in self._known[1]:
            if compare_digest(key.digest, given):
                found = key.name
        return found

    def _refresh(self) -> None:
        if (now := stamp(self._path)) == self._known[0]:
            return
        # What could not be read is tried each time: there may only have been too many open files.
        try:
            self._known = now, load(self._path)
        except SettingsError as error:
            if now != self._refused:
                log.error("The keys stay as they were: %s", error)
            self._refused = now
        else:
            log.info("%d keys are known from now on", len(self._known[1]))


def register(app: Flask, path: Path) -> None:
    """Let only who has a key of the file at `path` send anything to `app`; `g.caller` is the key's name."""
    keys = app.extensions[EXTENSION] = Keys(path)

    @app.before_request
    def check() -> None:
        if request.method == "POST" or request.path in PRIVATE:
            g.caller = keys.caller(request.headers)


def _tokens(headers: Any) -> list[str]:
    scheme, _, bearer = (headers.get("authorization") or "").partition(" ")
    given = (bearer if scheme.lower() == "bearer" else "", headers.get("x-api-key") or "")
    return [token for one in given if (token := one.strip())]
