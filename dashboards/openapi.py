"""The API's description for machines, made from what the API itself checks."""

from typing import Any

from pydantic import BaseModel

from dashboards.ingest import SUFFIXES
from metrics.catalogue import Catalogue
from metrics.dossiers import COLUMNS as DOSSIER
from metrics.frame import COLUMNS

NOTES = {
    "metric": "Ids of metrics; repeat the parameter, or separate ids with commas.",
    "from": "First day.",
    "to": "The day after the last.",
    "area": "CODE (whoever held the code on the last day), CODE@YYYY-MM-DD, or an area id. "
    "Without it the country.",
    "grain": "One value per period; without it one for the whole span.",
    "by": "What values are broken down by.",
    "level": "Level of the areas listed, or of the units counted.",
    "boundaries": "Each day's own map, or history restated onto today's.",
    "as_of": "What was known at the end of that day.",
    "filter": "NAME=VALUE; repeat the parameter.",
    "calendar": "Months of the calendar, or from the 15th to the 14th.",
    "format": "json, or csv with a header line.",
    "part": "Which count of the figure: each dossier it counts is listed.",
    "order": "What comes first.",
    "status": "Only dossiers of these statuses of the national portal; repeat the parameter.",
    "limit": "So many dossiers at most.",
    "offset": "After so many.",
}

SUMMARIES = {
    "/api/v1/compare": "One value beside other periods, its target, the area above and its peers.",
    "/api/v1/restated": "Values as known now beside those known on the day as_of, and why.",
    "/api/v1/ranking": "The areas in an area in order of one metric; who has no rank, and why.",
    "/api/v1/quality": "Figures that cannot be right or deserve a second look, each with its rule.",
    "/api/v1/index766": "The index of Decision 766: published, computed, and the points lost.",
}
"""Questions that take the parameters of a query and answer otherwise."""


def openapi(
    asked: type[BaseModel], listing: type[BaseModel], catalogue: Catalogue
) -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Toàn Cảnh", "version": "1"},
        "paths": {
            "/api/v1/query": {"get": _query(asked, catalogue)},
            **{
                path: {"get": _query(asked, catalogue) | _said(summary)}
                for path, summary in SUMMARIES.items()
            },
            "/api/v1/dossiers": {"get": _dossiers(listing, catalogue)},
            "/api/v1/metrics": {
                "get": {
                    "summary": "The catalogue of metrics.",
                    "responses": _answers({"type": "object"}),
                }
            },
            "/api/v1/alerts": {
                "get": {
                    "summary": "Alerts of one's scope: under way, or of the state asked for.",
                    "responses": _answers({"type": "object"}),
                }
            },
            "/api/v1/explanations": {
                "get": {
                    "summary": "Requests of explanation of one's scope, with all that was said.",
                    "responses": _answers({"type": "object"}),
                }
            },
            "/api/v1/ingest/{source}": {"post": _ingest()},
            "/api/v1/ingest/{source}/{receipt}": {"get": _fate()},
        },
        "components": {
            "schemas": {
                "Problem": PROBLEM,
                "Receipt": RECEIPT,
                "Value": _value(),
                "Dossier": _dossier(),
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _said(summary: str) -> dict[str, Any]:
    """What another question with the same parameters answers."""
    return {"summary": summary, "responses": _answers({"type": "object"})}


def _query(asked: type[BaseModel], catalogue: Catalogue) -> dict[str, Any]:
    document = {
        "type": "object",
        "properties": {
            "snapshot": {"type": "string"},
            "boundaries": {"type": "string"},
            "simulated": {"type": "boolean"},
            "values": {"type": "array", "items": {"$ref": "#/components/schemas/Value"}},
        },
    }
    return {
        "summary": "Values of metrics.",
        "parameters": _parameters(asked, catalogue),
        "responses": _answers(document),
    }


def _dossiers(listing: type[BaseModel], catalogue: Catalogue) -> dict[str, Any]:
    document = {
        "type": "object",
        "properties": {
            "snapshot": {"type": "string"},
            "dossiers": {"type": "integer", "description": "How many there are in all."},
            "total": {"type": "number", "description": "What their shares add up to."},
            "expected": {"type": ["number", "null"], "description": "The count as known now."},
            "complete": {"type": "boolean", "description": "Whether the two are the same."},
            "rows": {"type": "array", "items": {"$ref": "#/components/schemas/Dossier"}},
        },
    }
    return {
        "summary": "The dossiers behind one figure, for who may see single ones.",
        "parameters": _parameters(listing, catalogue),
        "responses": {**_answers(document), "403": _refusals({"403": NOT_ALLOWED})["403"]},
    }


def _parameters(asked: type[BaseModel], catalogue: Catalogue) -> list[dict[str, Any]]:
    schema = asked.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    kinds = schema.get("$defs", {})
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema["required"],
            "description": NOTES[name],
            "schema": _schema(name, field, kinds, catalogue),
        }
        for name, field in schema["properties"].items()
    ]


def _schema(
    name: str, field: dict[str, Any], kinds: dict[str, Any], catalogue: Catalogue
) -> dict[str, Any]:
    """The schema of one parameter, with the names it may hold written out."""
    if name == "metric":
        return {"type": "array", "items": {"type": "string", "enum": list(catalogue.metrics)}}
    if name == "filter":
        return {"type": "array", "items": {"type": "string", "pattern": "^[^=]+=.+$"}}
    for choice in [field, *field.get("anyOf", [])]:
        if "$ref" in choice:
            kind = kinds[choice["$ref"].rpartition("/")[2]]
            return {"type": "string", "enum": kind["enum"]}
    plain = next((one for one in field.get("anyOf", [field]) if one.get("type") != "null"), field)
    return {
        key: value
        for key, value in plain.items()
        if key in ("type", "format", "pattern", "maxLength", "enum", "minimum", "maximum")
    }


def _dossier() -> dict[str, Any]:
    """One dossier of a list."""
    return {
        "type": "object",
        "properties": {name: {"description": meaning} for name, meaning in DOSSIER.items()},
    }


def _value() -> dict[str, Any]:
    """One value: every column of a result, missing as null."""
    return {
        "type": "object",
        "properties": {name: {"description": meaning} for name, meaning in COLUMNS.items()},
    }


def _ingest() -> dict[str, Any]:
    """Pushing a document."""
    body = {"schema": {"type": "string", "format": "binary"}}
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "The same key gives the same receipt, so a request may be repeated.",
        "schema": {"type": "string", "maxLength": 200},
    }
    return {
        "summary": "Push a document to a source; the collector reads it as it reads a file.",
        "security": [{"token": []}],
        "parameters": [_in_path("source"), key],
        "requestBody": {"required": True, "content": dict.fromkeys(SUFFIXES, body)},
        "responses": {"202": _told("The document is kept."), **_refusals(REFUSALS)},
    }


def _fate() -> dict[str, Any]:
    """What became of it."""
    return {
        "summary": "What became of a document that was pushed.",
        "security": [{"token": []}],
        "parameters": [_in_path("source"), _in_path("receipt")],
        "responses": {
            "200": _told("Its fate."),
            **_refusals({"401": REFUSALS["401"], "404": "There is no such receipt."}),
        },
    }


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _told(description: str) -> dict[str, Any]:
    receipt = {"schema": {"$ref": "#/components/schemas/Receipt"}}
    return {"description": description, "content": {"application/json": receipt}}


def _refusals(reasons: dict[str, str]) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": reason, "content": problem} for status, reason in reasons.items()
    }


NOT_ALLOWED = "The area or organisation is outside the scope, or the right is missing."
REFUSALS = {
    "400": "The document is empty or was cut off, or the key is none.",
    "401": "There is no such source, or the token is not valid for it.",
    "409": "The key came with another document before.",
    "413": "The document is too large.",
    "415": "The type of the document is not on the list.",
    "429": "Too many documents a minute; Retry-After tells when to go on.",
    "503": "The document could not be kept; Retry-After tells when to go on.",
}

RECEIPT = {
    "type": "object",
    "properties": {
        "receipt": {"type": "string"},
        "source": {"type": "string"},
        "state": {
            "type": "string",
            "enum": ["received", "held", "loaded", "failed", "refused"],
            "description": "received: waits to be read; held: waits for a person to decide.",
        },
        "detail": {"type": "string", "description": "What became of its records, or why not."},
        "sha256": {"type": "string"},
        "bytes": {"type": "integer"},
        "received_at": {"type": "string", "format": "date-time"},
        "batch": {"type": ["integer", "null"]},
    },
}

PROBLEM = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {
            "type": "string",
            "description": "What is wrong and the way on, in one sentence.",
        },
    },
}


def _answers(schema: dict[str, Any]) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "200": {"description": "The answer.", "content": {"application/json": {"schema": schema}}},
        "400": {"description": "The question cannot be answered.", "content": problem},
        "503": {"description": "There is no snapshot.", "content": problem},
    }
