"""Passkeys: the two WebAuthn ceremonies, by the fido2 library. What is public goes out, what is signed is checked."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from wardwright.platform.access.models import User
from wardwright.platform.core.errors import Invalid

from .models import Passkey

REQUIRED = UserVerificationRequirement.REQUIRED


def is_possible() -> bool:
    """Browsers do this on https and on localhost only; the address is that of WARDWRIGHT_URL."""
    parts = urlsplit(settings.BASE_URL)
    return parts.scheme == "https" or parts.hostname == "localhost"


def _server() -> Fido2Server:
    parts = urlsplit(settings.BASE_URL)
    origin = f"{parts.scheme}://{parts.netloc}"
    rp = PublicKeyCredentialRpEntity(name=settings.HOUSE_NAME, id=parts.hostname or "localhost")
    return Fido2Server(rp, verify_origin=lambda said: said == origin)


def begin_adding(user: User) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser is asked for a new passkey, and the state to keep until it answers."""
    entity = PublicKeyCredentialUserEntity(name=user.username, id=handle_of(user), display_name=str(user))
    known = [AttestedCredentialData(bytes(row.public)) for row in Passkey.objects.filter(user_id=user.pk)]
    options, state = _server().register_begin(
        entity, known, resident_key_requirement=ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
    )
    return dict(options), dict(state)


def finish_adding(state: dict[str, Any], response: dict[str, Any]) -> tuple[str, bytes, int]:
    """(credential id, public part, counter) of the new passkey.

    Raises:
        Invalid: when the answer does not fit what was asked, or comes from elsewhere.
    """
    try:
        data = _server().register_complete(state, response)
        credential = data.credential_data
        if credential is None or len(credential.credential_id) > 1023:
            raise ValueError("no credential")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Invalid(_("This passkey could not be added."), _("Try it again from the beginning.")) from error
    return websafe_encode(credential.credential_id), bytes(credential), data.counter


def begin_asking(user: User | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser is asked: any passkey of this house, or one of ``user``; always with PIN, finger or face."""
    rows: list[Passkey] = list(Passkey.objects.filter(user_id=user.pk)) if user is not None else []
    known = [AttestedCredentialData(bytes(row.public)) for row in rows]
    options, state = _server().authenticate_begin(known or None, user_verification=REQUIRED)
    return dict(options), dict(state)


def finish_asking(state: dict[str, Any], response: dict[str, Any], user: User | None = None) -> tuple[Passkey, int]:
    """The passkey that signed, and its counter now. Whoever calls this saves the counter within an operation.

    Raises:
        Invalid: for anything that does not fit, with the same words for all of it.
    """
    try:
        given = AuthenticationResponse.from_dict(response)
        row = Passkey.objects.select_related("user").filter(credential=websafe_encode(given.raw_id)).first()
        if row is None or (user is not None and row.user_id != user.pk):
            raise ValueError("unknown credential")
        if given.response.user_handle is not None and given.response.user_handle != handle_of(row.user):
            raise ValueError("another user's handle")
        _server().authenticate_complete(state, [AttestedCredentialData(bytes(row.public))], given)
        counter = given.response.authenticator_data.counter
        if (counter or row.sign_count) and counter <= row.sign_count:  # a copy was used meanwhile (WebAuthn 6.1.1)
            raise ValueError("the counter went back")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Invalid(
            _("This passkey was not accepted."), _("Try it again, or sign in with your password instead.")
        ) from error
    return row, counter


def handle_of(user: User) -> bytes:
    """What the passkey keeps as its user: a number that says nothing about the person."""
    return b"wardwright user " + str(user.pk).encode()
