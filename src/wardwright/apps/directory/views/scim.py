"""SCIM 2.0 (RFC 7643, RFC 7644): the hospital's directory makes, changes and closes log-ins, and says who is in groups.

The core of it: Users and Groups with create, get, list with one ``eq`` filter, replace, PATCH; delete closes.
No sorting, no bulk, no other filters: ServiceProviderConfig says so. An API token of somebody who manages access
everywhere is needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.access.limits import Limit, spend
from wardwright.platform.access.models import User
from wardwright.platform.access.scope import Scope, allowed
from wardwright.platform.access.throttle import address_of
from wardwright.platform.access.tokens import note_use, token_digest, user_of_token
from wardwright.platform.core.change import set_source
from wardwright.platform.core.errors import Denied, Invalid, NotFound, Refused, TooOften
from wardwright.platform.signon.models import Group, GroupMember, Provisioned

from ..operations import provision_group, provision_user

SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:"
MESSAGE = "urn:ietf:params:scim:api:messages:2.0:"
MOST = 200  # of one page
MOST_BYTES = 1_000_000
WRONG = Limit(60)  # unknown tokens from one address in a minute
FILTER = re.compile(r'\s*([\w.]+)\s+eq\s+("(?:[^"\\]|\\.)*"|true|false)\s*', re.IGNORECASE)
MEMBER = re.compile(r'\s*members\[value eq "(\d+)"\]\s*', re.IGNORECASE)
Answer = tuple[int, dict[str, Any] | None]


def scim(*methods: str) -> Callable[[Callable[..., Answer]], Callable[..., HttpResponse]]:
    """A SCIM route: the token, the permission, the body, and errors in SCIM's words."""

    def mark(view: Callable[..., Answer]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def run(request: HttpRequest, **numbers: int) -> HttpResponse:
            set_source("scim")
            try:
                by = _caller(request)
                if by is None:
                    response = _error(401, "Send a valid API token as Authorization: Bearer …")
                    response["WWW-Authenticate"] = "Bearer"
                    return response
                if request.method not in methods:
                    return _error(405, "This resource does not take that method.")
                body = _body(request) if request.method in ("POST", "PUT", "PATCH") else {}
                status, found = view(request, by, body, **numbers)
            except (Refused, OverflowError) as error:
                return _refused(error)
            return _json(found, status) if found is not None else HttpResponse(status=status)

        return run

    return mark


def _caller(request: HttpRequest) -> User | None:
    kind, _sign, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    user = user_of_token(token_digest(token.strip())) if kind.lower() == "bearer" else None
    if user is None:
        spend(f"address {address_of(request)}", WRONG)
        return None
    if settings.API_PER_MINUTE:
        spend(f"token {user.token_id}", Limit(settings.API_PER_MINUTE))
    if not allowed(user, MANAGE, Scope()) or (user.read_only and request.method != "GET"):
        raise Denied("This token may not manage access everywhere.", "Use one of somebody who may.")
    note_use(user.token_id or 0)
    return user


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise ValueError
        found = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Invalid("The body is no JSON object of at most 1 MB.") from None
    if not isinstance(found, dict):
        raise Invalid("The body is not a JSON object.")
    return found


def _json(found: dict[str, Any], status: int = 200) -> HttpResponse:
    return JsonResponse(found, status=status, content_type="application/scim+json")


def _error(status: int, words: str, kind: str = "") -> HttpResponse:
    return _json(
        {
            "schemas": [MESSAGE + "Error"],
            "status": str(status),
            "detail": words,
            **({"scimType": kind} if kind else {}),
        },
        status,
    )


def _refused(error: Exception) -> HttpResponse:
    if isinstance(error, TooOften):
        response = _error(429, str(error))
        response["Retry-After"] = str(error.wait_seconds)
        return response
    if isinstance(error, Invalid):
        taken = ({"username", "name"} & error.fields.keys() and "taken" in str(error)) or "already" in str(error)
        return _error(409, str(error), "uniqueness") if taken else _error(400, str(error), "invalidValue")
    return _error(getattr(error, "status", 400), str(error))


# Users ----------------------------------------------------------------------------------------------------------


def _user_out(row: User, external: str, groups: list[Any]) -> dict[str, Any]:
    return {
        "schemas": [SCHEMA + "User"],
        "id": str(row.pk),
        **({"externalId": external} if external else {}),
        "userName": row.username,
        "name": {"formatted": row.name},
        "displayName": row.name,
        "active": row.is_active,
        "emails": [{"value": row.email, "primary": True}] if row.email else [],
        "groups": [{"value": str(g.group_id), "display": g.group.name} for g in groups],
        "meta": _meta("User", row),
    }


def _meta(kind: str, row: Any) -> dict[str, Any]:
    return {
        "resourceType": kind,
        "created": row.created_at.isoformat(),
        "lastModified": row.updated_at.isoformat(),
        "location": f"{settings.BASE_URL}/scim/v2/{kind}s/{row.pk}",
        "version": f'W/"{row.version}"',
    }


def _users_out(by: User, rows: list[User]) -> list[dict[str, Any]]:
    ids = [row.pk for row in rows]
    external = dict(Provisioned.objects.visible_to(by).filter(user_id__in=ids).values_list("user_id", "external_id"))
    groups: dict[int, list[Any]] = {}
    for member in GroupMember.objects.visible_to(by).filter(user_id__in=ids).select_related("group"):
        groups.setdefault(member.user_id, []).append(member)
    return [_user_out(row, external.get(row.pk, ""), groups.get(row.pk, [])) for row in rows]


def _user_in(body: dict[str, Any]) -> dict[str, Any]:
    """The attributes that we keep; others are ignored, as the standard allows."""
    found: dict[str, Any] = {}
    said = body.get("name")
    name: dict[str, Any] = said if isinstance(said, dict) else {}
    parts = [_text(name[part]) for part in ("givenName", "familyName") if name.get(part)]
    words = name.get("formatted") or " ".join(parts)
    for key, value in (
        ("username", body.get("userName")),
        ("name", body.get("displayName") or words or None),
        ("external_id", body.get("externalId")),
        ("email", _first_email(body["emails"]) if "emails" in body else None),
        ("active", _truth(body["active"]) if "active" in body else None),
    ):
        if value is not None:
            found[key] = value if key == "active" else _text(value)
    return found


def _first_email(emails: Any) -> Any:
    rows = [row for row in emails if isinstance(row, dict)] if isinstance(emails, list) else []
    best = next((row for row in rows if row.get("primary") is True), rows[0] if rows else {})
    return best.get("value", "")


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise Invalid("An attribute that is a text holds something else.")
    return value


def _truth(value: Any) -> bool:
    """Some directories send booleans as words."""
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise Invalid("active is true or false.")
    return value


@scim("GET", "POST")
def users(request: HttpRequest, by: User, body: dict[str, Any]) -> Answer:
    if request.method == "POST":
        row = provision_user(by=by, **_user_in(body))
        return 201, _users_out(by, [User.objects.visible_to(by).get(pk=row.pk)])[0]
    kept = {
        "username": lambda v: {"username__iexact": v},
        "externalid": lambda v: {"pk__in": Provisioned.objects.visible_to(by).filter(external_id=v).values("user_id")},
        "emails.value": lambda v: {"email__iexact": v},
        "active": lambda v: {"is_active": v},
    }
    return 200, _listed(request, User.objects.visible_to(by), kept, partial(_users_out, by))


@scim("GET", "PUT", "PATCH", "DELETE")
def user(request: HttpRequest, by: User, body: dict[str, Any], user_id: int) -> Answer:
    row = _one(User.objects.visible_to(by), user_id)
    if request.method == "PUT":
        provision_user(by=by, user_id=row.pk, **{"email": "", "external_id": "", **_user_in(body)})
    elif request.method == "PATCH":
        provision_user(by=by, user_id=row.pk, **_user_patch(body))
    elif request.method == "DELETE":
        provision_user(by=by, user_id=row.pk, active=False)
        return 204, None
    return 200, _users_out(by, [User.objects.visible_to(by).get(pk=row.pk)])[0]


def _steps(body: dict[str, Any]) -> list[dict[str, Any]]:
    steps = next((value for key, value in body.items() if key.lower() == "operations"), None)
    if not isinstance(steps, list) or not all(isinstance(s, dict) and isinstance(s.get("op"), str) for s in steps):
        raise Invalid("Operations is a list of objects with op, path and value.")
    return steps


def _user_patch(body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for step in _steps(body):
        where, value = str(step.get("path") or ""), step.get("value")
        if step["op"].lower() == "remove":
            value = "" if where.lower() in ("externalid", "displayname") else []
            if where.lower() not in ("externalid", "emails"):
                raise Invalid(f"{where or 'The whole'} cannot be removed.")
        if not where:
            if not isinstance(value, dict):
                raise Invalid("Without a path the value is an object.")
            found |= _user_in(value)
        elif where.lower() == "name.formatted":
            found |= _user_in({"displayName": value})
        elif where.lower().startswith("emails[") or where.lower() == "emails.value":
            found |= _user_in({"emails": [{"value": value}]})
        else:
            names = {n.lower(): n for n in ("userName", "displayName", "externalId", "active", "emails", "name")}
            found |= _user_in({names[where.lower()]: value}) if where.lower() in names else {}
    return found


# Groups ---------------------------------------------------------------------------------------------------------


def _groups_out(by: User, rows: list[Group]) -> list[dict[str, Any]]:
    members: dict[int, list[Any]] = {}
    named = (
        GroupMember.objects.visible_to(by)
        .filter(group_id__in=[r.pk for r in rows], source="scim")
        .select_related("user")
    )
    for member in named.order_by("user_id"):
        members.setdefault(member.group_id, []).append({"value": str(member.user_id), "display": member.user.name})
    return [
        {
            "schemas": [SCHEMA + "Group"],
            "id": str(row.pk),
            **({"externalId": row.external_id} if row.external_id else {}),
            "displayName": row.name,
            "members": members.get(row.pk, []),
            "meta": _meta("Group", row),
        }
        for row in rows
    ]


def _members(by: User, value: Any) -> list[int]:
    rows = value if isinstance(value, list) else [value]
    ids = [str(row.get("value", "")) if isinstance(row, dict) else "" for row in rows]
    if not all(i.isdecimal() and len(i) < 19 for i in ids):
        raise Invalid("members is a list of objects with the id of a user as value.")
    known = set(User.objects.visible_to(by).filter(pk__in=[int(i) for i in ids]).values_list("pk", flat=True))
    if len(known) != len(set(ids)):
        raise Invalid("There is no user with one of these ids.")
    return sorted(known)


def _group_in(by: User, body: dict[str, Any]) -> dict[str, Any]:
    found = {
        ours: _text(body[theirs])
        for theirs, ours in (("displayName", "name"), ("externalId", "external_id"))
        if body.get(theirs) is not None
    }
    return {**found, **({"members": _members(by, body["members"] or [])} if "members" in body else {})}


@scim("GET", "POST")
def groups(request: HttpRequest, by: User, body: dict[str, Any]) -> Answer:
    if request.method == "POST":
        given = _group_in(by, body)
        if not given.get("name"):
            raise Invalid("A group has a displayName.")
        return 201, _groups_out(by, [provision_group(by=by, **given)])[0]
    kept = {"displayname": lambda v: {"name": v}, "externalid": lambda v: {"external_id": v}}
    return 200, _listed(request, Group.objects.visible_to(by), kept, partial(_groups_out, by))


@scim("GET", "PUT", "PATCH", "DELETE")
def group(request: HttpRequest, by: User, body: dict[str, Any], group_id: int) -> Answer:
    row = _one(Group.objects.visible_to(by), group_id)
    if request.method == "PUT":
        provision_group(by=by, group_id=row.pk, **{"members": [], **_group_in(by, body)})
    elif request.method == "PATCH":
        for step in _steps(body):
            provision_group(by=by, group_id=row.pk, **_group_step(by, step))
    elif request.method == "DELETE":  # the name stays, since roles may hang on it; nobody is in it any more
        provision_group(by=by, group_id=row.pk, members=[])
        return 204, None
    return 200, _groups_out(by, [Group.objects.visible_to(by).get(pk=row.pk)])[0]


def _group_step(by: User, step: dict[str, Any]) -> dict[str, Any]:
    where, op, value = str(step.get("path") or ""), step["op"].lower(), step.get("value")
    one = MEMBER.fullmatch(where)
    if op == "remove" and one:
        return {"remove": [int(one[1])]}
    if where.lower() == "members":
        if op == "remove":
            return {"remove": _members(by, value)} if value else {"members": []}
        return {"add" if op == "add" else "members": _members(by, value)}
    if not where and isinstance(value, dict):
        found = _group_in(by, value)
        return {**found, "add": found.pop("members")} if op == "add" and "members" in found else found
    if where.lower() in ("displayname", "externalid") and op != "remove":
        return _group_in(by, {"displayName" if where.lower() == "displayname" else "externalId": value})
    raise Invalid("This step is not understood.", "Use members, displayName or externalId as its path.")


# Lists and what there is ----------------------------------------------------------------------------------------


def _one(rows: QuerySet, pk: int) -> Any:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound("There is no such resource.")
    return row


def _listed(request: HttpRequest, rows: QuerySet, kept: dict[str, Any], out: Callable[[list[Any]], Any]) -> dict:
    asked = request.GET.get("filter", "")
    if asked:
        found = FILTER.fullmatch(asked[:1000])
        if found is None or found[1].lower() not in kept:
            raise Invalid("This filter is not understood.", f"Use one of {', '.join(kept)} with eq.")
        value = json.loads(found[2] if found[2].startswith('"') else found[2].lower())
        if isinstance(value, bool) != (found[1].lower() == "active") or "\x00" in str(value):
            raise Invalid("This filter's value does not fit.")
        rows = rows.filter(**kept[found[1].lower()](value))
    first, count = (_number(request, name, default) for name, default in (("startIndex", 1), ("count", 100)))
    first, count = max(1, first), min(max(0, count), MOST)
    page = list(rows.order_by("pk")[first - 1 : first - 1 + count])
    return {
        "schemas": [MESSAGE + "ListResponse"],
        "totalResults": rows.count(),
        "startIndex": first,
        "itemsPerPage": len(page),
        "Resources": out(page),
    }


def _number(request: HttpRequest, name: str, default: int) -> int:
    said = request.GET.get(name, "")
    return int(said) if said.isdecimal() and len(said) < 10 else default


@scim("GET")
def config(request: HttpRequest, by: User, body: dict[str, Any]) -> Answer:
    """What is there and what is not (RFC 7643 section 5)."""
    no = {"supported": False}
    return 200, {
        "schemas": [SCHEMA + "ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {**no, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST},
        "changePassword": no,
        "sort": no,
        "etag": no,
        "authenticationSchemes": [
            {"type": "oauthbearertoken", "name": "API token", "description": "Made in My account.", "primary": True}
        ],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": f"{settings.BASE_URL}/scim/v2/ServiceProviderConfig",
        },
    }


@scim("GET")
def resource_types(request: HttpRequest, by: User, body: dict[str, Any]) -> Answer:
    found = [
        {
            "schemas": [SCHEMA + "ResourceType"],
            "id": kind,
            "name": kind,
            "endpoint": f"/{kind}s",
            "schema": SCHEMA + kind,
            "meta": {"resourceType": "ResourceType", "location": f"{settings.BASE_URL}/scim/v2/ResourceTypes/{kind}"},
        }
        for kind in ("User", "Group")
    ]
    return 200, {
        "schemas": [MESSAGE + "ListResponse"],
        "totalResults": 2, "startIndex": 1, "itemsPerPage": 2, "Resources": found,
    }  # fmt: skip


urls = [
    path("scim/v2/ServiceProviderConfig", config, name="scim-config"),
    path("scim/v2/ResourceTypes", resource_types, name="scim-resource-types"),
    path("scim/v2/Users", users, name="scim-users"),
    path("scim/v2/Users/<int:user_id>", user, name="scim-user"),
    path("scim/v2/Groups", groups, name="scim-groups"),
    path("scim/v2/Groups/<int:group_id>", group, name="scim-group"),
]
