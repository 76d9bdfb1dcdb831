"""Changing people and places. Services take the actor first and never commit."""

from yanxiu.accounts.services.appointments import appoint, end_appointment
from yanxiu.accounts.services.credentials import change_password, reset_password
from yanxiu.accounts.services.imports import (
    apply_next_rows,
    cancel_import,
    confirm_import,
    hand_out_passwords,
    keep_checked_list,
)
from yanxiu.accounts.services.organizations import (
    CONTAINERS,
    close_organization,
    create_organization,
    move_organization,
    rename_organization,
    reopen_organization,
)
from yanxiu.accounts.services.people import (
    HOMES,
    PersonData,
    create_person,
    create_user,
    deactivate_user,
    edit_person,
    reactivate_user,
    reveal_id_number,
)
from yanxiu.accounts.services.profile import ProfileData, change_photo, edit_profile, remove_photo, set_large_type
from yanxiu.accounts.services.sign_in import (
    SESSION_DAYS,
    WRONG,
    begin_sign_in,
    checked_user,
    forget_failures,
    hash_token,
    open_session,
    revoke_session,
    revoke_sessions_of,
    touch_session,
)

__all__ = [
    "CONTAINERS",
    "HOMES",
    "SESSION_DAYS",
    "WRONG",
    "PersonData",
    "ProfileData",
    "apply_next_rows",
    "appoint",
    "begin_sign_in",
    "cancel_import",
    "change_password",
    "change_photo",
    "checked_user",
    "close_organization",
    "confirm_import",
    "create_organization",
    "create_person",
    "create_user",
    "deactivate_user",
    "edit_person",
    "edit_profile",
    "end_appointment",
    "forget_failures",
    "hand_out_passwords",
    "hash_token",
    "keep_checked_list",
    "move_organization",
    "open_session",
    "reactivate_user",
    "remove_photo",
    "rename_organization",
    "reopen_organization",
    "reset_password",
    "reveal_id_number",
    "revoke_session",
    "revoke_sessions_of",
    "set_large_type",
    "touch_session",
]
