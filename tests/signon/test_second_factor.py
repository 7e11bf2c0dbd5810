"""The second step: an app's codes, codes on paper, who has to have one, and what is kept of all that."""

import pyotp
import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from tests import factories
from wardwright.apps.directory.operations import create_api_token, grant_role, remove_second_factor
from wardwright.platform.access.models import Grant, Role
from wardwright.platform.audit.models import AuditRecord
from wardwright.platform.core.errors import Invalid, NotNow, TooOften
from wardwright.platform.signon import operations, totp
from wardwright.platform.signon.models import AccessEvent, OpenSession, RecoveryCode, Totp

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return factories.make_user(username="ana", name="Ana Reis")


@pytest.fixture
def app(user):
    """The app on Ana's phone: a function that gives a code that was not used yet, and her recovery codes."""
    secret = totp.new_secret()
    codes = operations.add_totp(by=user, secret=secret, code=pyotp.TOTP(secret).now(), password=factories.PASSWORD)
    forget_use()
    return pyotp.TOTP(secret).now, codes


@factories.writes
def forget_use():
    """As if half a minute had gone by."""
    Totp.objects.update(last_step=0)


def password(client, target="/account/"):
    return client.post("/login/", {"username": "ana", "password": factories.PASSWORD, "next": target})


def logged_in(client):
    return client.get("/account/").status_code == 200


def kinds(user):
    return list(AccessEvent.objects.filter(user=user).order_by("id").values_list("kind", "method"))


def test_enrolling_by_the_page_and_coming_in_with_a_code(user):
    client = Client()
    password(client)
    page = client.get(reverse("add-authenticator"))
    secret = page.context["secret"].replace(" ", "")
    assert "<svg" in page.content.decode()
    given = {"once": "a", "code": pyotp.TOTP(secret).now(), "password": factories.PASSWORD}
    shown = client.post(reverse("add-authenticator"), given)
    assert (shown.status_code, len(shown.context["codes"])) == (200, 10)
    forget_use()
    other = Client()
    answer = password(other)
    assert (answer["Location"], logged_in(other)) == ("/login/second/", False)
    answer = other.post("/login/second/", {"code": pyotp.TOTP(secret).now()})
    assert (answer["Location"], logged_in(other)) == ("/account/", True)
    assert OpenSession.objects.order_by("-id").first().method == "password+totp"
    assert kinds(user)[-2:] == [("added", "totp"), ("in", "password+totp")]


def test_neither_secret_nor_code_is_in_the_trail_or_in_the_clear(user, app):
    row = Totp.objects.get(user=user)
    secret = totp.decrypted(row.secret, user.pk)
    assert secret.encode() not in bytes(row.secret)
    recorded = " ".join(f"{r.before} {r.after}" for r in AuditRecord.objects.all())
    assert secret not in recorded
    assert bytes(row.secret).hex().upper() not in recorded
    assert not any(totp.recovery_digest(code) in recorded or code in recorded for code in app[1])


def test_a_code_is_good_once(user, app):
    now, _codes = app
    code = now()
    first, second = Client(), Client()
    password(first)
    password(second)
    assert first.post("/login/second/", {"code": code}).status_code == 302
    assert second.post("/login/second/", {"code": code}).status_code == 422
    assert (logged_in(first), logged_in(second)) == (True, False)


def test_a_recovery_code_is_good_once_and_however_it_is_written(user, app):
    code = app[1][3]
    client = Client()
    password(client)
    assert client.post("/login/second/", {"code": f" {code.upper().replace('-', ' ')} "}).status_code == 302
    again = Client()
    password(again)
    assert again.post("/login/second/", {"code": code}).status_code == 422
    assert RecoveryCode.objects.filter(user=user, used_at=None).count() == 9
    assert ("recovery", "") in kinds(user)


@pytest.mark.parametrize("code", ["", "123", "abcdef", "000000x", "１２３４５６", "\x00", "-1"])
def test_a_wrong_code_is_refused_and_kept(user, app, code):
    client = Client()
    password(client)
    assert client.post("/login/second/", {"code": code}).status_code in (422, 302)
    assert not logged_in(client)


def test_six_wrong_codes_close_the_second_step_also_for_the_right_one(user, app):
    client = Client()
    password(client)
    statuses = [client.post("/login/second/", {"code": f"{n:06d}"}).status_code for n in range(6)]
    assert (statuses, AccessAttempt.objects.filter(username=f"second factor {user.pk}").count()) == ([422] * 6, 6)
    other = Client(REMOTE_ADDR="10.9.9.9")
    password(other)
    for code in (app[0](), app[1][0]):
        assert other.post("/login/second/", {"code": code}).status_code == 429
    assert not logged_in(other)
    assert kinds(user)[-1] == ("locked", "code")


def test_the_second_step_alone_opens_nothing(user, app):
    client = Client()
    answer = client.post("/login/second/", {"code": app[0]()})
    assert (answer["Location"], logged_in(client)) == ("/login/", False)


def test_a_new_password_between_the_steps_ends_the_first(user, app):
    client = Client()
    password(client)
    from wardwright.apps.directory.operations import set_password

    set_password(by=factories.make_user(), user_id=user.pk, password="four odd words here")
    assert client.post("/login/second/", {"code": app[0]()})["Location"] == "/login/"
    assert not logged_in(client)


def test_between_the_steps_nothing_is_open_and_the_session_id_changes(user, app):
    client = Client()
    client.get("/login/")
    session = client.session
    session["before"] = 1
    session.save()
    before = session.session_key
    password(client)
    half = client.session.session_key
    client.post("/login/second/", {"code": app[0]()})
    assert len({before, half, client.session.session_key}) == 3
    for old in (before, half):
        stolen = Client()
        stolen.cookies["sessionid"] = old
        assert not logged_in(stolen)


def test_removing_needs_the_password_and_takes_the_paper_along(user, app):
    with pytest.raises(Invalid):
        operations.remove_totp(by=user, password="wrong")
    assert Totp.objects.filter(user=user).exists()
    operations.remove_totp(by=user, password=factories.PASSWORD)
    assert not Totp.objects.filter(user=user).exists()
    assert not RecoveryCode.objects.filter(user=user).exists()


def test_new_recovery_codes_replace_the_old(user, app):
    new = operations.renew_recovery_codes(by=user, password=factories.PASSWORD)
    with pytest.raises(Invalid):
        operations.use_second_factor(by=user, code=app[1][0])
    assert operations.use_second_factor(by=user, code=new[0]) == "recovery"


def test_another_secret_key_opens_by_paper_only(user, app, settings):
    code = app[0]()
    settings.SECRET_KEY = "another house's"
    with pytest.raises(Invalid):
        operations.use_second_factor(by=user, code=code)
    assert operations.use_second_factor(by=user, code=app[1][0]) == "recovery"


def test_whoever_manages_access_takes_a_lost_factor_away(user, app):
    boss = factories.make_user()
    remove_second_factor(by=boss, user_id=user.pk, reason="phone lost, seen in person")
    client = Client()
    assert (password(client)["Location"], logged_in(client)) == ("/account/", True)
    with pytest.raises(NotNow):
        remove_second_factor(by=boss, user_id=user.pk, reason="again")


def test_on_the_server_a_new_password_takes_the_factors_along(user, app):
    from wardwright.config.setup import set_password

    set_password("ana", factories.PASSWORD)
    client = Client()
    assert (password(client)["Location"], logged_in(client)) == ("/account/", True)


# Who has to ----------------------------------------------------------------------------------------------------


@factories.writes
def set_role(*, user, **values):
    Role.objects.filter(pk=Grant.objects.get(user=user).role_id).update(**values)


def test_a_role_that_needs_one_opens_nothing_until_there_is_one(user):
    set_role(user=user, second_factor="required")
    client = Client()
    assert password(client)["Location"] == reverse("second-factor")
    for url in ("/account/", "/devices/", reverse("new-token"), reverse("change-password")):
        assert client.get(url)["Location"] == reverse("second-factor")
        assert client.post(url).status_code == 403
    assert client.get("/api/v1/assets").status_code == 403
    secret = client.get(reverse("add-authenticator")).context["secret"].replace(" ", "")
    other = Client()
    password(other)
    given = {"once": "a", "code": pyotp.TOTP(secret).now(), "password": factories.PASSWORD}
    assert client.post(reverse("add-authenticator"), given).status_code == 200
    assert logged_in(client)
    assert other.get("/account/")["Location"][:7] == "/login/"  # came by the password alone


@pytest.mark.parametrize(
    ("values", "where", "free"),
    [
        ({"second_factor": "asked"}, "/account/second-factor/", True),
        ({"second_factor": "required", "second_factor_from": "2999-01-01"}, "/account/second-factor/", True),
        ({"second_factor": "required", "second_factor_from": "2020-01-01"}, "/account/second-factor/", False),
        ({"second_factor": "off"}, "/account/", True),
    ],
)
def test_asked_for_and_put_off(user, values, where, free):
    set_role(user=user, **values)
    client = Client()
    assert (password(client)["Location"], logged_in(client)) == (where, free)


# Sessions -------------------------------------------------------------------------------------------------------


def test_the_account_lists_sessions_and_ends_them(user):
    here, there = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"}), Client()
    password(here)
    password(there)
    page = here.get("/account/").content.decode()
    assert "Firefox · Linux" in page
    other = OpenSession.objects.order_by("-id").first()
    assert here.post(reverse("end-session", args=[other.pk]), {"once": "a"}).status_code == 302
    assert (logged_in(here), logged_in(there)) == (True, False)
    assert kinds(user)[-1] == ("ended", "password")


def test_ending_all_others_keeps_this_one(user):
    clients = [Client() for _ in range(3)]
    for client in clients:
        password(client)
    clients[0].post(reverse("end-sessions", args=[user.pk]), {"once": "a"})
    assert [logged_in(client) for client in clients] == [True, False, False]


def test_whoever_manages_access_ends_anybodys(user):
    client, boss = Client(), Client()
    password(client)
    boss.force_login(factories.make_user(), backend="wardwright.platform.access.login.PasswordBackend")
    boss.post(reverse("end-sessions", args=[user.pk]), {"once": "a"})
    assert not logged_in(client)


def test_a_stolen_cookie_is_dead_after_signing_out(user):
    client, thief = Client(), Client()
    password(client)
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert logged_in(thief)
    client.post("/logout/")
    assert not logged_in(thief)
    assert kinds(user)[-1] == ("out", "")


@pytest.mark.parametrize(
    ("column", "minutes", "open_"), [("seen_at", 119, True), ("seen_at", 121, False), ("started_at", 721, False)]
)
def test_a_session_ends_when_idle_or_old(user, column, minutes, open_):
    from datetime import timedelta

    from django.utils import timezone

    client = Client()
    password(client)
    OpenSession.objects.update(**{column: timezone.now() - timedelta(minutes=minutes)})
    assert logged_in(client) is open_


def test_closing_a_log_in_ends_what_is_open(user):
    client = Client()
    password(client)
    from wardwright.apps.directory.operations import set_user_active

    set_user_active(by=factories.make_user(), user_id=user.pk, is_active=False)
    assert not logged_in(client)


def test_sign_ins_and_refusals_are_kept_but_no_unknown_name(user):
    client = Client()
    client.post("/login/", {"username": "my-secret-password", "password": "x"})
    client.post("/login/", {"username": "ana", "password": "wrong"})
    password(client)
    assert list(AccessEvent.objects.order_by("id").values_list("user", "kind")) == [
        (None, "refused"), (user.pk, "refused"), (user.pk, "in"),
    ]  # fmt: skip
    assert not AuditRecord.objects.filter(after__contains="my-secret-password").exists()
    assert "Refused" in client.get("/account/").content.decode()


def test_a_flood_of_refusals_does_not_fill_the_trail(user):
    client = Client()
    for _ in range(140):
        client.post("/login/", {"username": "nobody", "password": "x"})
    assert 100 <= AccessEvent.objects.count() <= 125


def test_many_wrong_passwords_at_a_change_are_counted_with_the_log_in(user):
    for _ in range(6):
        with pytest.raises(Invalid):
            operations.renew_recovery_codes(by=user, password="wrong")
    with pytest.raises(TooOften):
        operations.renew_recovery_codes(by=user, password=factories.PASSWORD)


def test_more_roles_count_at_once(user):
    """A change of what somebody may do holds for the session that is open, without a new log-in."""
    client = Client()
    nobody = factories.make_user(username="nobody", permissions=[])
    client.post("/login/", {"username": "nobody", "password": factories.PASSWORD})
    assert client.get("/devices/").status_code == 403
    role = Grant.objects.get(user=factories.make_user(permissions=["assets.view"])).role
    grant_role(by=user, user_id=nobody.pk, role_id=role.pk)
    assert client.get("/devices/").status_code == 200
    assert create_api_token(by=nobody, label="x").token.user_id == nobody.pk
