"""The API described in OpenAPI 3.1, made from the table of resources and their records."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec

from commonsky import __version__
from commonsky.show.api.problem import MEDIA_TYPE, Details
from commonsky.show.api.resource import Form, Nothing, Resource
from commonsky.show.api.routes import RESOURCES

REFERENCE = "#/components/schemas/{name}"
PATHS = {
    "handle": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    "number": {"type": "integer", "minimum": 0},
    "nation": {"type": "string", "pattern": "^[A-Z]{3}$"},
    "id": {"type": "string", "pattern": "^[0-9a-f]{8}$"},
    "name": {"type": "string", "pattern": "^[0-9A-Za-z-]{1,80}$"},
    "picture": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    "seconds": {"type": "integer", "minimum": 0, "description": "POSIX time"},
}
ABOUT = (
    "One nation's node: what it holds of the sky, from whom, what it told whom. Every answer says "
    "what it rests on: an empty one is no clear sky."
)


@cache
def document() -> bytes:
    """Return the document as JSON."""
    answers = [one.answer for one in RESOURCES if one.answer is not None]
    records = [one.asked for one in RESOURCES] + [
        one.body for one in RESOURCES if not isinstance(one.body, str)
    ]
    wanted = list({repr(one): one for one in (*answers, *records, Details)}.values())
    schemas, components = msgspec.json.schema_components(wanted, ref_template=REFERENCE)
    schema_of = {repr(one): schema for one, schema in zip(wanted, schemas, strict=True)}
    paths: dict[str, Any] = {}
    for one in RESOURCES:
        operation = _operation(one, schema_of, components)
        paths.setdefault(one.path, {})[one.method.lower()] = operation
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "commonsky", "version": __version__, "description": ABOUT},
            "paths": paths,
            "components": {
                "schemas": components,
                "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            },
        }
    )


def _operation(
    one: Resource, schema_of: dict[str, Any], components: dict[str, Any]
) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": PATHS[name]}
        for name in re.findall(r"{(\w+)}", one.path)
    ]
    parameters += _query(one, components)
    if one.form is Form.STREAM:
        parameters.append(
            {"name": "Last-Event-ID", "in": "header", "required": False,
             "schema": {"type": "string"}}
        )  # fmt: skip
    answer = {"schema": schema_of[repr(one.answer)]} if one.answer is not None else {}
    told: dict[str, Any] = {
        "operationId": operation_id(one),
        "summary": one.told,
        "parameters": parameters,
        "security": [{"key": []}] if one.scope else [],
        "responses": {
            str(one.status): {"description": "the answer", "content": {one.media_type: answer}},
            "default": {
                "description": "a refusal that says why",
                "content": {MEDIA_TYPE: {"schema": schema_of[repr(Details)]}},
            },
        },
    }
    if one.scope:
        told["x-scope"] = one.scope.value
    if isinstance(one.body, str):
        told["requestBody"] = {
            "required": True, "description": one.body,
            "content": {"application/octet-stream": {}},
        }  # fmt: skip
    elif one.body is not Nothing:
        told["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema_of[repr(one.body)]}},
        }
    return told


def _query(one: Resource, components: dict[str, Any]) -> list[dict[str, Any]]:
    """What the query of an address may ask, from the record that it becomes."""
    if one.asked is Nothing:
        return []
    schema = components[one.asked.__name__]
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": told}
        for name, told in schema["properties"].items()
    ]


def operation_id(one: Resource) -> str:
    """Return a name for a resource, made of its method and path."""
    path = re.sub(r"[{}]", "", one.path)
    words = [word for word in path.split("/") if word not in {"", "api", "v1"}]
    return "_".join([one.method.lower(), *words]).replace(".", "_")
