"""The one wrapper around inbound socket events of features: sign-in → parse → unit of work → acknowledgement.

Live lists need no events of their own (`web.live`); co-edited documents have a protocol of their own. This is for the
few things that must not be an HTTP request.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_login import current_user

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.errors import InvalidError, SignInRequiredError, YanxiuError
from yanxiu.extensions import socketio
from yanxiu.web.auth import current_viewer

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SocketEvent:
    """An inbound event: `handler(viewer, message)` returns what the acknowledgement carries besides `ok`."""

    name: str
    handler: Callable[[Viewer, dict[str, Any]], dict[str, Any] | None]
    namespace: str = "/live"


def register_events(events: tuple[SocketEvent, ...]) -> None:
    """Bind the features' events."""
    for event in events:
        socketio.on_event(event.name, _wrapped(event), namespace=event.namespace)


def _wrapped(event: SocketEvent) -> Callable[..., dict[str, Any]]:
    def handle(message: Any = None, *_more: Any) -> dict[str, Any]:
        try:
            if not current_user.is_authenticated:
                raise SignInRequiredError
            if not isinstance(message, dict):
                raise InvalidError
            return {"ok": True, **(event.handler(current_viewer(), message) or {})}
        except YanxiuError as error:
            return {"ok": False, "code": error.code, "message": error.message, "field": error.field}
        except Exception:
            log.exception("socket event %s failed", event.name)
            return {"ok": False, "code": "unexpected", "message": "这一步没有做成，请稍后再试"}

    return handle
