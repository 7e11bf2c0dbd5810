"""The OpenAPI document: what ninja writes, with what holds for every route written once: errors, headers, log-in."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from .once import HEADER, LONGEST_KEY

PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "What is wrong (title), what to do (detail) and where (errors); RFC 9457.",
    "properties": {
        "type": {"type": "string", "description": "urn:wardwright: and the kind of refusal"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                "required": ["field", "message"],
            },
        },
    },
    "required": ["type", "title", "status", "detail"],
}
ANSWERS = {
    "400": "The request cannot be understood: no JSON, or a value that no record can hold.",
    "401": "No token, or one that is not valid any more.",
    "403": "You lack the permission, or not within this scope; or the token may only read.",
    "404": "There is no such record, or you may not see it; the two are answered alike.",
    "409": "Its state does not allow it, somebody changed it meanwhile, or a guardrail refuses it.",
    "412": "It is not any more what If-Match says.",
    "413": "The request's body is too large.",
    "422": "Entries are wrong or missing; `errors` names them.",
    "429": "Too many requests, or too many wrong passwords; Retry-After says when to come again.",
    "503": "The database is busy or out of reach; nothing was saved.",
}
OF_READS = ("400", "401", "403", "404", "422", "429", "503")
OF_WRITES = (*OF_READS, "409", "412", "413")
WAITS = ("429", "503")
WORDS = {
    "TokenAuth": "An API token: `Authorization: Bearer ww_…`, made under My account or by `wardwright token create`.",
    "CookieAuth": "The session of a browser that is logged in; writes then need the header X-CSRFToken.",
}
ETAG = {"description": "The row's version and a hash of this answer.", "schema": {"type": "string"}}
RETRY = {"description": "Seconds to wait.", "schema": {"type": "integer"}}


def _header(name: str, words: str, longest: int = 0) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "title": name}
    if longest:
        schema |= {"minLength": 1, "maxLength": longest, "pattern": "^[!-~]+$"}
    return {"in": "header", "name": name, "required": False, "description": words, "schema": schema}


IF_NONE_MATCH = _header("If-None-Match", "An ETag you have: 304 without a body when nothing changed.")
IF_MATCH = _header("If-Match", "The ETag you read: 412 when the row is another by now.")
KEY = _header(
    HEADER, "A random key: the same request sent again within a day has one effect and this answer.", LONGEST_KEY
)


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """``document`` with the answers, headers and words that every route has."""
    document["components"]["schemas"]["Problem"] = PROBLEM
    document["components"]["responses"] = {_name(code): _problem(code) for code in ANSWERS}
    for name, scheme in document["components"].get("securitySchemes", {}).items():
        scheme["description"] = WORDS.get(name, "")
    for methods in document["paths"].values():
        for method in [*methods]:
            methods[method] = _route(method, deepcopy(methods[method]))
    return document


def _route(method: str, route: dict[str, Any]) -> dict[str, Any]:
    in_path = any(parameter["in"] == "path" for parameter in route.get("parameters", []))
    answers = {str(code): answer for code, answer in route["responses"].items()}
    headers = route.setdefault("parameters", [])
    if method != "get":
        headers += [IF_MATCH, KEY] if in_path else [KEY]
    elif in_path:
        headers.append(IF_NONE_MATCH)
        answers["304"] = {"description": "You have it already."}
    for code in ("200", "201"):
        if code in answers and (in_path or code == "201"):
            answers[code]["headers"] = {"ETag": ETAG}
    for code in OF_READS if method == "get" else OF_WRITES:
        if code not in ("404", "412") or in_path or method != "get":
            answers.setdefault(code, {"$ref": f"#/components/responses/{_name(code)}"})
    route["responses"] = dict(sorted(answers.items()))
    return route


def _name(code: str) -> str:
    return f"Problem{code}"


def _problem(code: str) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": ANSWERS[code],
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if code in WAITS:
        answer["headers"] = {"Retry-After": RETRY}
    return answer
