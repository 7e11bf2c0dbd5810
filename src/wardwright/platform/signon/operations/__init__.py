"""Every write at the door."""

from .factors import (
    add_passkey,
    add_totp,
    confirm_with_passkey,
    forget_factors,
    remove_passkey,
    remove_totp,
    rename_passkey,
    renew_recovery_codes,
)
from .groups import apply_groups, set_groups_of_user, set_members_of_group
from .providers import connect_identity, disconnect_identity, end_sessions_at_provider, sign_in_from_provider
from .signing_in import (
    end_session,
    end_sessions_of,
    note_refusal,
    note_sign_out,
    sign_in,
    use_passkey,
    use_second_factor,
)

__all__ = [
    "add_passkey",
    "add_totp",
    "apply_groups",
    "confirm_with_passkey",
    "connect_identity",
    "disconnect_identity",
    "end_session",
    "end_sessions_at_provider",
    "end_sessions_of",
    "forget_factors",
    "note_refusal",
    "note_sign_out",
    "remove_passkey",
    "remove_totp",
    "rename_passkey",
    "renew_recovery_codes",
    "set_groups_of_user",
    "set_members_of_group",
    "sign_in",
    "sign_in_from_provider",
    "use_passkey",
    "use_second_factor",
]
