"""SCIM: the hospital's directory makes, changes and closes log-ins, and its groups give roles."""

import json

import pytest
from django.test import Client

from tests import factories
from wardwright.apps.directory.operations import add_group_role, create_api_token
from wardwright.platform.access.models import ApiToken, Grant, User
from wardwright.platform.audit.models import AuditChange

pytestmark = pytest.mark.django_db


class Directory:
    """The hospital's directory at its end of the line."""

    def __init__(self, by, **token):
        self.headers = {"Authorization": f"Bearer {create_api_token(by=by, label='directory', **token).secret}"}

    def __call__(self, method, path, body=None):
        answer = Client().generic(
            method, f"/scim/v2{path}", json.dumps(body) if body is not None else "",
            content_type="application/scim+json", headers=self.headers,
        )  # fmt: skip
        return answer.status_code, json.loads(answer.content) if answer.content else None


@pytest.fixture
def boss():
    return factories.make_user(name="IT")


@pytest.fixture
def directory(boss):
    return Directory(boss)


NEW = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "ana",
    "name": {"givenName": "Ana", "familyName": "Reis"},
    "emails": [{"value": "ana@hospital.example", "primary": True}],
    "externalId": "E-7",
    "active": True,
}


def patch(*steps):
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(steps)}


def test_a_person_comes_and_is_found(directory):
    status, made = directory("POST", "/Users", NEW)
    assert (status, made["userName"], made["name"]["formatted"], made["active"]) == (201, "ana", "Ana Reis", True)
    row = User.objects.get(pk=made["id"])
    assert (row.has_usable_password(), row.email) == (False, "ana@hospital.example")
    assert directory("GET", f"/Users/{row.pk}") == (200, made)
    for asked in ('userName eq "ANA"', 'externalId eq "E-7"', 'emails.value eq "ana@hospital.example"'):
        status, found = directory("GET", f"/Users?filter={asked}")
        assert (status, [r["id"] for r in found["Resources"]]) == (200, [made["id"]])
    assert directory("GET", '/Users?filter=userName eq "bob"')[1]["totalResults"] == 0
    kept = AuditChange.objects.order_by("-id").values_list("operation", "source")[0]
    assert (kept[0], kept[1].split()[0]) == ("directory.provision_user", "scim")


def test_the_same_name_twice_is_refused(directory):
    directory("POST", "/Users", NEW)
    status, error = directory("POST", "/Users", NEW)
    assert (status, error["scimType"], error["status"]) == (409, "uniqueness", "409")
    assert User.objects.filter(username="ana").count() == 1


@pytest.mark.parametrize("how", ["PATCH path", "PATCH whole", "PATCH word", "PUT", "DELETE"])
def test_closing_ends_sessions_and_tokens_at_once(directory, how):
    user = factories.make_user(username="ana", permissions=["assets.view"])
    own = create_api_token(by=user, label="script")
    client = Client()
    client.post("/login/", {"username": "ana", "password": factories.PASSWORD})
    assert client.get("/account/").status_code == 200
    calls = {
        "PATCH path": ("PATCH", patch({"op": "replace", "path": "active", "value": False})),
        "PATCH whole": ("PATCH", patch({"op": "Replace", "value": {"active": False}})),
        "PATCH word": ("PATCH", patch({"op": "Replace", "path": "active", "value": "False"})),
        "PUT": ("PUT", {**NEW, "active": False}),
        "DELETE": ("DELETE", None),
    }
    method, body = calls[how]
    assert directory(method, f"/Users/{user.pk}", body)[0] in (200, 204)
    assert not User.objects.get(pk=user.pk).is_active
    assert client.get("/account/").status_code == 302
    assert ApiToken.objects.get(pk=own.token.pk).revoked_at is not None
    headers = {"Authorization": f"Bearer {own.secret}"}
    assert Client().get("/api/v1/assets", headers=headers).status_code == 401


def test_a_group_gives_its_role_and_takes_it_away(directory, boss):
    role = factories.make_user(permissions=["assets.view"]).pk
    role_id = Grant.objects.get(user_id=role).role_id
    site = factories.make_site()
    person = directory("POST", "/Users", NEW)[1]
    status, group = directory("POST", "/Groups", {"displayName": "CE", "members": [{"value": person["id"]}]})
    assert (status, group["members"][0]["value"]) == (201, person["id"])
    add_group_role(by=boss, group="CE", role_id=role_id, scope_kind="site", scope_id=site.pk)
    given = Grant.objects.get(user_id=person["id"])
    assert (given.role_id, given.scope_id, given.source) == (role_id, site.pk, "groups")
    gone = patch({"op": "remove", "path": f'members[value eq "{person["id"]}"]'})
    assert directory("PATCH", f"/Groups/{group['id']}", gone)[1]["members"] == []
    assert not Grant.objects.filter(user_id=person["id"]).exists()
    back = patch({"op": "add", "path": "members", "value": [{"value": person["id"]}]})
    directory("PATCH", f"/Groups/{group['id']}", back)
    assert Grant.objects.filter(user_id=person["id"]).count() == 1
    assert directory("DELETE", f"/Groups/{group['id']}")[0] == 204
    assert not Grant.objects.filter(user_id=person["id"]).exists()


def test_what_a_person_gave_stays_when_the_group_goes(directory, boss):
    user = factories.make_user(permissions=["assets.view"])
    grant = Grant.objects.get(user=user)
    group = directory("POST", "/Groups", {"displayName": "CE", "members": [{"value": str(user.pk)}]})[1]
    add_group_role(by=boss, group="CE", role_id=grant.role_id)
    directory("PUT", f"/Groups/{group['id']}", {"displayName": "CE", "members": []})
    assert list(Grant.objects.filter(user=user).values_list("pk", "source")) == [(grant.pk, "")]


@pytest.mark.parametrize(
    "body",
    [
        [],
        "x",
        {},
        {"userName": 7},
        {"userName": True},
        {"userName": "a\x00b"},
        {"active": "perhaps"},
        {"userName": "a", "name": {"givenName": 7}},
        {"userName": "a", "emails": [{"value": 1}]},
    ],
)
def test_a_body_that_is_none_is_refused(directory, body):
    users = User.objects.count()
    assert (directory("POST", "/Users", body)[0], User.objects.count()) == (400, users)


@pytest.mark.parametrize(
    "asked", ["userName sw %22a%22", "password eq %22a%22", "userName eq true", "%28", "active eq %22x%22"]
)
def test_a_filter_that_is_not_there_is_refused(directory, asked):
    assert directory("GET", f"/Users?filter={asked}")[0] == 400


@pytest.mark.parametrize("steps", [None, [1], [{"op": "replace", "value": 3}], [{"op": "remove", "path": "userName"}]])
def test_a_patch_that_is_none_is_refused(directory, steps):
    user = factories.make_user()
    body = {"Operations": steps} if steps is not None else {}
    assert directory("PATCH", f"/Users/{user.pk}", body)[0] == 400


def test_nobody_without_the_permission_everywhere(boss):
    site = factories.make_site()
    limited = factories.make_user(scope=("site", site.pk))
    reader = factories.make_user(permissions=["assets.view"])
    for by, token in ((limited, {}), (reader, {}), (boss, {"read_only": True})):
        assert Directory(by, **token)("POST", "/Users", NEW)[0] == 403
    assert Client().get("/scim/v2/Users").status_code == 401
    assert Client().get("/scim/v2/Users", headers={"Authorization": "Bearer no"}).status_code == 401
    signed_in = Client()
    signed_in.force_login(boss, backend="wardwright.platform.access.login.PasswordBackend")
    assert signed_in.post("/scim/v2/Users", NEW, content_type="application/json").status_code == 401
    assert not User.objects.filter(username="ana").exists()


def test_it_says_what_it_does_not_do(directory):
    status, said = directory("GET", "/ServiceProviderConfig")
    assert (status, said["patch"]["supported"], said["bulk"]["supported"], said["sort"]["supported"]) == (
        200,
        True,
        False,
        False,
    )
    assert [r["endpoint"] for r in directory("GET", "/ResourceTypes")[1]["Resources"]] == ["/Users", "/Groups"]


def test_pages_of_a_list(directory):
    for n in range(3):
        directory("POST", "/Users", {"userName": f"person{n}"})
    total = User.objects.count()
    found = directory("GET", "/Users?startIndex=2&count=2")[1]
    assert (found["totalResults"], found["itemsPerPage"], found["startIndex"]) == (total, 2, 2)
    assert directory("GET", "/Users/999999")[0] == 404
