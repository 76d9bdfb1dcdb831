"""Quiet hours: what can wait until the morning does."""

from __future__ import annotations

from datetime import datetime, timedelta

from yanxiu.core.clock import LOCAL_ZONE


def end_of_quiet(quiet_from: int, quiet_until: int, moment: datetime) -> datetime | None:
    """Return when the quiet hours around `moment` end; None when it is not quiet then.

    Hours are whole ones in Asia/Shanghai, 21 to 7 goes over midnight, the same hour twice means never.
    """
    local = moment.astimezone(LOCAL_ZONE)
    if quiet_from < quiet_until:
        quiet = quiet_from <= local.hour < quiet_until
    else:
        quiet = quiet_from != quiet_until and (local.hour >= quiet_from or local.hour < quiet_until)
    if not quiet:
        return None
    end = local.replace(hour=quiet_until, minute=0, second=0, microsecond=0)
    return end if end > local else end + timedelta(days=1)
