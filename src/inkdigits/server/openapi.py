"""The API's document (OpenAPI 3.1), made of the routes' contract and the types it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from inkdigits.errors import InkdigitsError
from inkdigits.server.errors import PROBLEM, RateLimited, Unauthorized
from inkdigits.server.options import Options
from inkdigits.server.requests import Accepts
from inkdigits.server.schemas import BODIES, LENIENT, MOST_PICTURES, Problem

_REF = "#/components/schemas/{model}"
_FILE = {"type": "string", "format": "binary"}
#: The headers in which a key may come, either of them.
_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}


def _header(description: str, required: bool = False, **schema: object) -> dict[str, Any]:
    return {"description": description, "required": required, "schema": {"type": "string", **schema}}


#: The headers that answers have besides HTTP's own.
_HEADERS = {
    "X-Request-Id": _header("The request's own, or a new one, as in the server's log.", required=True),
    "RateLimit-Policy": _header("The limit: pictures, and the window in seconds, if there is one."),
    "RateLimit": _header("Pictures that are left, and seconds until there are more."),
    "Retry-After": _header("Seconds to wait, with 429 and 503.", type="integer", minimum=1),
    "WWW-Authenticate": _header("How to send a key, with 401."),
}
_ALWAYS = ("X-Request-Id",)
_COUNTED = (*_ALWAYS, "RateLimit-Policy", "RateLimit")

#: Method and rule of a route, as Flask has them.
Key = tuple[str, str]


@dataclass(frozen=True)
class Operation:
    """What a route does.

    `gives` is the type of its JSON, `media` are the media types of what else it may give, `path` names
    what the address leaves open, each a member of Problem, `errors` are what may go wrong. `kept`: who has
    it already may be told that it is as it was.
    """

    name: str
    summary: str
    tag: str
    gives: Any = None
    media: tuple[str, ...] = ()
    takes: Accepts | None = None
    options: type[Options] | None = None
    path: tuple[str, ...] = ()
    errors: tuple[type[InkdigitsError], ...] = ()
    kept: bool = False


class _Plain(GenerateJsonSchema):
    """Leaves out titles that only say a field's name again."""

    def field_title_should_be_set(self, _schema: object) -> bool:
        return False


def document(
    operations: Mapping[Key, Operation], codes: Iterable[str], base: str, version: str
) -> dict[str, Any]:
    """The document that tells of `operations` below the path `base`; `codes` are those of all problems."""
    taken = (*BODIES.values(), *LENIENT.values())
    types = {id(one): one for one in (Problem, *taken, *(op.gives for op in operations.values()))}
    named = [(key, "serialization", TypeAdapter(one)) for key, one in types.items() if one]
    schemas, shared = TypeAdapter.json_schemas(named, ref_template=_REF, schema_generator=_Plain)  # type: ignore[arg-type]
    places = {key: schema for (key, _), schema in schemas.items()}
    paths: dict[str, Any] = {}
    for (method, rule), operation in operations.items():
        described = _Described(operation, places)
        paths.setdefault(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule), {})[method.lower()] = described.all()
    shared["$defs"]["Problem"]["properties"]["code"]["enum"] = sorted(codes)
    return {
        "openapi": "3.1.0",
        "info": {"title": "inkdigits", "version": version, "license": {"name": "MIT", "identifier": "MIT"}},
        "servers": [{"url": base or "/"}],
        "paths": paths,
        "components": {
            "schemas": shared["$defs"],
            "headers": _HEADERS,
            "responses": {"Problem": _problem(places[id(Problem)])},
            "securitySchemes": _SECURITY,
        },
    }


@dataclass(frozen=True)
class _Described:
    """One operation in the words of OpenAPI; `places` says where a type's schema is."""

    operation: Operation
    places: Mapping[int, Any]

    def all(self) -> dict[str, Any]:
        one = self.operation
        parts: dict[str, Any] = {
            "operationId": one.name,
            "summary": one.summary,
            "tags": [one.tag],
            # Only servers that were given keys ask for one.
            "security": [{}, *({way: []} for way in _SECURITY)] if Unauthorized in one.errors else [],
            "parameters": [*self._path(), *self._query()],
            "requestBody": one.takes and {"required": True, "content": dict(self._bodies(one.takes))},
            "responses": dict(self._answers()),
        }
        return {name: part for name, part in parts.items() if part}

    def _path(self) -> Iterable[dict[str, Any]]:
        for name in self.operation.path:
            schema = {"$ref": f"#/components/schemas/Problem/properties/{name}"}
            yield {"name": name, "in": "path", "required": True, "schema": schema}

    def _query(self) -> Iterable[dict[str, Any]]:
        if not self.operation.options:
            return
        for name, schema in self.operation.options.model_json_schema()["properties"].items():
            said = {part: schema[part] for part in schema if part not in ("title", "default", "description")}
            yield {"name": name, "in": "query", "description": schema["description"], "schema": said}

    def _bodies(self, takes: Accepts) -> Iterable[tuple[str, Any]]:
        if takes.raw:
            yield from ((kind, {"schema": _FILE}) for kind in ("image/*", "application/octet-stream"))
        if takes.files:
            yield "multipart/form-data", {"schema": _form(takes)}
        if takes.fields:
            bodies = LENIENT if takes.lenient else BODIES
            schemas = [self.places[id(bodies[name])] for name in takes.fields]
            yield "application/json", {"schema": schemas[0] if len(schemas) == 1 else {"oneOf": schemas}}

    def _answers(self) -> Iterable[tuple[str, Any]]:
        yield "200", self._answer()
        if self.operation.kept:
            yield "304", {"description": "What the client has is as it was.", "headers": _headers(_ALWAYS)}
        yield from self._problems()

    def _answer(self) -> dict[str, Any]:
        one = self.operation
        content: dict[str, Any] = {kind: {} for kind in one.media}
        if one.gives:
            content["application/json"] = {"schema": self.places[id(one.gives)]}
        headers = _headers(_COUNTED if RateLimited in one.errors else _ALWAYS)
        return {"description": one.summary, "headers": headers, "content": content}

    def _problems(self) -> Iterable[tuple[str, Any]]:
        ranked = sorted(self.operation.errors, key=lambda kind: (kind.status, kind.code))
        for status, kinds in groupby(ranked, key=lambda kind: kind.status):
            codes = ", ".join(kind.code for kind in kinds)
            yield str(status), {"$ref": "#/components/responses/Problem", "description": codes}


def _form(takes: Accepts) -> dict[str, Any]:
    several = {"type": "array", "items": _FILE, "minItems": 1, "maxItems": MOST_PICTURES}
    file = several if takes.many else _FILE
    rest = {} if takes.lenient else {"additionalProperties": False}
    forms = [
        {"type": "object", "properties": {name: file}, "required": [name], **rest} for name in takes.files
    ]
    return forms[0] if len(forms) == 1 else {"oneOf": forms}


def _problem(schema: dict[str, Any]) -> dict[str, Any]:
    content = {PROBLEM: {"schema": schema}}
    return {"description": "Why there is no answer.", "headers": _headers(_HEADERS), "content": content}


def _headers(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
