"""OpenID Connect (Core 1.0, Discovery 1.0, Back-Channel Logout 1.0): code flow with PKCE, state and nonce.

What the provider says is believed only out of an ID token that it signed, for us, now, for this very attempt.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
from authlib.oauth2.claims import JWTClaims
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from wardwright.platform.core.errors import Denied, NotNow

from .models import Provider

# Signed with a key that only the provider has: never "none", never a secret that we share.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
TIMEOUT_SECONDS = 8
MOST_BYTES = 1_000_000
KEEP_SECONDS = 3600
NEW_KEYS_SECONDS = 60
LEEWAY_SECONDS = 60
BACK_CHANNEL = "http://schemas.openid.net/event/backchannel-logout"


@dataclass
class Known:
    """What a provider published about itself, and when it was asked."""

    about: dict[str, Any]
    keys: dict[str, Any]
    at: float = field(default_factory=time.time)


@dataclass(frozen=True)
class Vouched:
    """Who the provider says has signed in."""

    subject: str
    name: str
    username: str
    email: str  # only when the provider has verified it
    groups: list[str] | None
    session: str
    id_token: str


_known: dict[str, Known] = {}


def secret_of(provider: Provider) -> str:
    return settings.OIDC_SECRETS.get(provider.code.upper().replace("-", "_"), "")


def return_address(provider: Provider) -> str:
    """Where the provider sends people back to; from WARDWRIGHT_URL, never from what a request calls us."""
    return settings.BASE_URL + reverse("oidc-return", args=[provider.code])


def begin(provider: Provider) -> tuple[str, dict[str, str]]:
    """The address at the provider, and what this browser's session has to keep until it comes back."""
    about = known(provider).about
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": return_address(provider),
        "scope": " ".join(dict.fromkeys(["openid", *provider.scopes.split()])),
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": create_s256_code_challenge(kept["verifier"]),
        "code_challenge_method": "S256",
    }
    at = about["authorization_endpoint"]
    return f"{at}{'&' if '?' in at else '?'}{urlencode(asked)}", kept


def finish(provider: Provider, kept: Mapping[str, str], given: Mapping[str, str]) -> Vouched:
    """Check what came back and fetch who it is.

    Raises:
        Denied: when anything does not fit. NotNow: when the provider does not answer.
    """
    about = known(provider).about
    if not kept.get("state") or not secrets.compare_digest(str(given.get("state", "")), kept["state"]):
        raise _denied(_("It was not begun in this browser, or it was too long ago."))
    if given.get("iss", provider.issuer) != provider.issuer:
        raise _denied(_("The answer came from another provider."))
    if given.get("error") or not given.get("code"):
        raise _denied(_("The provider refused: %(words)s.") % {"words": str(given.get("error", "-"))[:60]})
    try:
        token = _token(provider, about["token_endpoint"], given["code"], kept["verifier"])
        claims = _id_token(provider, token, kept["nonce"])
        more = _user_info(about, token, claims["sub"])
    except httpx.TransportError as error:
        raise _unreachable(provider) from error
    except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
        raise _denied(_("What the provider sent could not be trusted.")) from error
    return _vouched(provider, {**more, **claims}, token["id_token"])


def end_address(provider: Provider, id_token: str) -> str:
    """Where to sign out of the provider too; empty when it has no such place."""
    try:
        end = known(provider).about.get("end_session_endpoint", "")
    except NotNow:
        return ""
    after = {"post_logout_redirect_uri": settings.BASE_URL + reverse("login"), "client_id": provider.client_id}
    return f"{end}?{urlencode({'id_token_hint': id_token, **after})}" if end else ""


def read_logout_token(provider: Provider, token: str) -> tuple[str, str]:
    """(subject, provider's session) of a back-channel log-out.

    Raises:
        Denied: when the token is not one, or not for us.
    """
    try:
        claims = _decoded(provider, token).claims
        checked = JWTClaims(claims, {}, _expected(provider))
        checked.validate(leeway=LEEWAY_SECONDS)
        is_one = BACK_CHANNEL in claims["events"] and "nonce" not in claims and claims["jti"]
        fresh = abs(time.time() - claims["iat"]) < 2 * LEEWAY_SECONDS
        subject, session = str(claims.get("sub", "")), str(claims.get("sid", ""))
        if not (is_one and fresh and (subject or session)):
            raise ValueError("not a log-out token")
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise _denied(_("What the provider sent could not be trusted.")) from error
    return subject, session


def known(provider: Provider, *, newer_than: float = 0.0) -> Known:
    """The provider's own description and keys, fetched once an hour.

    Raises:
        NotNow: when it does not answer, or describes somebody else.
    """
    found = _known.get(provider.issuer)
    if found is not None and found.at > max(newer_than, time.time() - KEEP_SECONDS):
        return found
    try:
        about = _fetched(provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if about["issuer"] != provider.issuer:
            raise ValueError("another issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not is_safe(about[name]):
                raise ValueError(f"{name} is not https")
        found = _known[provider.issuer] = Known(about, _fetched(about["jwks_uri"]))
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise _unreachable(provider) from error
    return found


def is_safe(url: str) -> bool:
    """https, or on this very machine."""
    parts = urlsplit(str(url))
    return bool(parts.hostname) and (parts.scheme == "https" or parts.hostname in ("127.0.0.1", "localhost", "::1"))


def forget_known() -> None:
    """Ask every provider anew."""
    _known.clear()


def _fetched(url: str, *, method: str = "GET", **more: Any) -> dict[str, Any]:
    """One JSON object, of a size that a provider has; no redirects are followed."""
    if not is_safe(url):
        raise ValueError("only https")
    body = b""
    with httpx.stream(method, url, timeout=TIMEOUT_SECONDS, **more) as answer:
        answer.raise_for_status()
        for part in answer.iter_bytes():
            body += part
            if len(body) > MOST_BYTES:
                raise ValueError("too much")
    found = json.loads(body)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _token(provider: Provider, url: str, code: str, verifier: str) -> dict[str, Any]:
    """The code for tokens; the client is known by its secret, or without one by PKCE alone (RFC 7636)."""
    secret, given = secret_of(provider), {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": return_address(provider),
        "code_verifier": verifier,
        "client_id": provider.client_id,
    }  # fmt: skip
    auth = (quote(provider.client_id, safe=""), quote(secret, safe="")) if secret else None  # RFC 6749 section 2.3.1
    return _fetched(url, method="POST", data=given, auth=auth, headers={"Accept": "application/json"})


def _decoded(provider: Provider, token: str) -> Any:
    """Signed by a key of the provider's; a key that is not known yet is fetched, at most once a minute."""
    try:
        return jwt.decode(token, _keys(known(provider)), algorithms=ALGORITHMS)
    except (JoseError, ValueError):
        newer = known(provider, newer_than=time.time() - NEW_KEYS_SECONDS)
        return jwt.decode(token, _keys(newer), algorithms=ALGORITHMS)


def _keys(known: Known) -> KeySet:
    return KeySet.import_key_set(known.keys)  # type: ignore[arg-type]  # whatever the provider sent: it checks


def _expected(provider: Provider) -> dict[str, Any]:
    return {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }


def _id_token(provider: Provider, token: Mapping[str, Any], nonce: str) -> dict[str, Any]:
    decoded = _decoded(provider, token["id_token"])
    asked = {"nonce": nonce, "client_id": provider.client_id, "access_token": token.get("access_token")}
    claims = CodeIDToken(decoded.claims, decoded.header, _expected(provider), asked)
    claims.validate(leeway=LEEWAY_SECONDS)
    if not (isinstance(claims["sub"], str) and 0 < len(claims["sub"]) <= 255):
        raise ValueError("no subject")
    return dict(decoded.claims)


def _user_info(about: Mapping[str, Any], token: Mapping[str, Any], subject: str) -> dict[str, Any]:
    """What the ID token leaves out, if it is about the same person; without it there is less to know."""
    url = about.get("userinfo_endpoint")
    if not url or not is_safe(url):
        return {}
    try:
        found = _fetched(url, headers={"Authorization": f"Bearer {token['access_token']}"})
    except httpx.HTTPStatusError:
        return {}
    if found.get("sub") != subject:
        raise ValueError("about somebody else")
    return found


def _vouched(provider: Provider, claims: Mapping[str, Any], id_token: str) -> Vouched:
    said = claims.get(provider.groups_claim) if provider.groups_claim else None
    groups = (
        [str(name)[:200] for name in said][:1000] if isinstance(said, list) else [] if provider.groups_claim else None
    )
    return Vouched(
        subject=claims["sub"],
        name=_text(claims.get("name")),
        username=_text(claims.get("preferred_username")),
        email=_text(claims.get("email")) if claims.get("email_verified") is True else "",
        groups=groups,
        session=_text(claims.get("sid")),
        id_token=id_token,
    )


def _text(value: Any) -> str:
    return value.replace("\x00", "").strip()[:200] if isinstance(value, str) else ""


def _denied(words: Any) -> Denied:
    return Denied(
        _("The sign-in was not accepted. %(words)s") % {"words": words}, _("Start again from the sign-in page.")
    )


def _unreachable(provider: Provider) -> NotNow:
    return NotNow(
        _("%(provider)s does not answer as it should.") % {"provider": provider.name},
        _("Wait a moment and try again, or sign in with a password if you have one."),
    )
