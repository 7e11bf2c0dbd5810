"""Logging in: strong hashes, a throttle that answers 429, no hint who exists, no way off the server."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import identify_hasher, make_password
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from tests import factories
from wardwright.apps.directory.operations import set_password
from wardwright.config import settings as shipped
from wardwright.platform.access import throttle
from wardwright.platform.access.models import User
from wardwright.platform.core.errors import Invalid

pytestmark = pytest.mark.django_db
LOGIN = "/login/"


@pytest.fixture
def user():
    return factories.make_user(username="ana", name="Ana Reis")


@pytest.fixture
def throttled(settings):
    """The throttle as shipped; the suite switches it off for everything else."""
    from axes.utils import reset

    settings.AXES_ENABLED = True
    reset()
    yield
    reset()


def log_in(client, password=factories.PASSWORD, username="ana", target=""):
    return client.post(LOGIN, {"username": username, "password": password, "next": target})


def logged_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_passwords_are_hashed_with_argon2():
    with override_settings(PASSWORD_HASHERS=shipped.PASSWORD_HASHERS):
        assert identify_hasher(make_password("something long")).algorithm == "argon2"


def test_the_throttle_is_on_as_shipped():
    assert getattr(shipped, "AXES_ENABLED", True) is True
    assert shipped.AXES_FAILURE_LIMIT == 6
    assert shipped.AUTHENTICATION_BACKENDS[0] == "axes.backends.AxesStandaloneBackend"


def test_the_right_password_logs_in_and_the_session_gets_a_new_id(client, user):
    client.get(LOGIN)
    session = client.session
    session["before"] = 1
    session.save()
    old = session.session_key
    answer = log_in(client, target=reverse("audit"))
    assert (answer.status_code, answer.url, logged_in(client)) == (302, reverse("audit"), True)
    assert client.session.session_key != old


def test_the_user_name_is_not_case_sensitive(client, user):
    log_in(client, username="ANA")
    assert logged_in(client)


def test_a_wrong_password_is_refused_and_nothing_typed_is_lost_but_the_password(client, user):
    answer = log_in(client, "wrong")
    page = answer.content.decode()
    assert (answer.status_code, logged_in(client)) == (422, False)
    assert "not right" in page
    assert 'value="ana"' in page
    assert "wrong" not in page


def test_an_unknown_user_gets_the_same_answer(client, user):
    known, unknown = log_in(client, "wrong"), log_in(client, "wrong", username="bob")
    assert (known.status_code, unknown.status_code) == (422, 422)
    assert known.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()


def test_an_inactive_user_cannot_log_in(client):
    factories.make_user(username="gone", is_active=False)
    assert log_in(client, username="gone").status_code == 422
    assert not logged_in(client)


@pytest.mark.parametrize(
    "target",
    [
        "https://example.org/",
        "//example.org/",
        "/\\example.org",
        "javascript:alert(1)",
        "http:///example.org",
    ],
)
def test_an_address_elsewhere_is_not_followed(client, user, target):
    answer = log_in(client, target=target)
    assert (answer.status_code, answer.url) == (302, reverse("home"))


def test_after_six_wrong_passwords_even_the_right_one_waits(client, user, throttled):
    statuses = [log_in(client, "wrong").status_code for _ in range(6)]
    answer = log_in(client)
    assert (statuses[:5], statuses[5], answer.status_code, logged_in(client)) == ([422] * 5, 429, 429, False)
    assert "Too many wrong passwords" in answer.content.decode()


def test_writing_the_name_otherwise_gives_no_more_tries(client, user, throttled):
    for name in ("ana", "Ana", "aNa", " ana", "ANA ", "anA"):
        log_in(client, "wrong", username=name)
    assert (log_in(client, username="AnA").status_code, logged_in(client)) == (429, False)


def test_the_throttle_counts_each_user_name_by_itself(client, user, throttled):
    for _ in range(6):
        log_in(client, "wrong", username="bob")
    assert log_in(client).status_code == 302


def test_one_password_tried_on_many_names_closes_the_address(client, user, throttled):
    statuses = {
        log_in(client, "Summer2026!", username=f"user{n}").status_code for n in range(throttle.NAMES_PER_ADDRESS)
    }
    here = log_in(client)
    elsewhere = Client(REMOTE_ADDR="10.9.9.9")
    assert (statuses, here.status_code, logged_in(client)) == ({422, 429}, 429, False)
    assert "from this place" in here.content.decode()
    assert (log_in(elsewhere).status_code, logged_in(elsewhere)) == (302, True)


@pytest.mark.parametrize(
    ("tls", "said", "address"),
    [
        (True, "10.1.2.3", "10.1.2.3"),
        (True, "6.6.6.6, 10.1.2.3", "10.1.2.3"),
        (True, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (True, "nonsense", "127.0.0.1"),
        (True, "", "127.0.0.1"),
        (False, "10.1.2.3", "127.0.0.1"),
    ],
)
def test_an_address_is_what_the_proxy_in_front_says(rf, settings, tls, said, address):
    settings.BEHIND_TLS = tls
    assert throttle.address_of(rf.get("/", headers={"X-Forwarded-For": said})) == address


def test_behind_a_proxy_one_address_does_not_close_the_others(client, user, throttled, settings):
    settings.BEHIND_TLS = True
    for n in range(throttle.NAMES_PER_ADDRESS):
        guess = {"username": f"user{n}", "password": "Summer2026!"}
        client.post(LOGIN, guess, headers={"X-Forwarded-For": "6.6.6.6"})
    right = {"username": "ana", "password": factories.PASSWORD}
    assert client.post(LOGIN, right, headers={"X-Forwarded-For": "6.6.6.6"}).status_code == 429
    assert client.post(LOGIN, right, headers={"X-Forwarded-For": "10.1.2.3"}).status_code == 302


def test_a_refused_log_in_does_not_keep_the_address_closed(client, user, throttled):
    for n in range(throttle.NAMES_PER_ADDRESS):
        log_in(client, "Summer2026!", username=f"user{n}")
    tried = AccessAttempt.objects.count()
    log_in(client)
    assert AccessAttempt.objects.count() == tried
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert log_in(client).status_code == 302


def test_people_who_mistype_and_then_log_in_do_not_count_towards_the_address(client, throttled):
    for n in range(throttle.NAMES_PER_ADDRESS + 5):
        person = Client()
        factories.make_user(username=f"nurse{n}")
        log_in(person, "wrong", username=f"nurse{n}")
        assert log_in(person, username=f"nurse{n}").status_code == 302


@pytest.mark.parametrize("own", [True, False])
def test_a_new_password_ends_the_other_sessions(client, user, own):
    other = Client()
    log_in(client)
    log_in(other)
    if own:
        given = {"current": factories.PASSWORD, "password": "another long phrase", "again": "another long phrase"}
        assert client.post(reverse("change-password"), given).status_code == 302
    else:
        set_password(by=factories.make_user(), user_id=user.pk, password="another long phrase")
    assert client.get(reverse("my-account")).status_code == (200 if own else 302)
    assert other.get(reverse("my-account")).status_code == 302


@pytest.mark.parametrize("page", ["change-password", "user-password"])
def test_the_page_says_what_a_new_password_ends(client, user, page):
    log_in(client)
    answer = client.get(reverse(page, args=[user.pk] if page == "user-password" else []))
    assert "API tokens" in answer.content.decode()


def test_logging_out_needs_a_post_and_ends_the_session(client, user):
    client.force_login(user, backend="wardwright.platform.access.login.PasswordBackend")
    assert client.get("/logout/").status_code == 405
    assert logged_in(client)
    client.post("/logout/")
    assert not logged_in(client)


def test_a_page_sends_to_the_login_and_back(client, user):
    answer = client.get("/audit/?actor=1")
    assert answer.url == "/login/?next=%2Faudit%2F%3Factor%3D1"


def test_htmx_gets_a_whole_redirect_instead_of_a_login_form_in_a_box(client):
    answer = client.get("/audit/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/login/?next=%2Faudit%2F")


def test_private_pages_are_never_cached(client, user):
    client.force_login(user, backend="wardwright.platform.access.login.PasswordBackend")
    assert client.get("/audit/")["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize(
    "password", ["eleven long", "1q2w3e4r5t6y", "Wardwright-2026!", "hospital hospital 12", "ana reis 1234"]
)
def test_a_password_of_the_houses_own_words_is_refused(user, password):
    before = User.objects.get(pk=user.pk).password
    with pytest.raises(Invalid) as refused:
        set_password(by=factories.make_user(), user_id=user.pk, password=password)
    assert (list(refused.value.fields), User.objects.get(pk=user.pk).password) == (["password"], before)


@pytest.mark.parametrize("password", ["  spaces at both ends  ", "only small letters", "漢字" * 10, "x y" * 60])
def test_long_passwords_of_any_characters_are_taken_as_they_are(client, user, password):
    set_password(by=factories.make_user(), user_id=user.pk, password=password)
    assert [log_in(client, tried).status_code for tried in (password.strip()[:-1], password)] == [422, 302]
