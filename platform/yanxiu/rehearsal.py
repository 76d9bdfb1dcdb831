"""What the first visitor after a start would have to wait for is done before the doors open.

A process that was just born compiles templates and statements when they are first asked for, and encodes every built
file once: half a second of work for the page of a long plan. Here one page after another is made as one of those who are
signed in would get it, and thrown away. Nothing is written and nobody is noted as having been here.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from flask import Flask
from flask_login import login_user

from yanxiu.core.unit_of_work import nothing_kept
from yanxiu.lessonplans.collab.room import Visitor
from yanxiu.lessonplans.queries import find_live_session
from yanxiu.lessonplans.queries.people import somebody_at_their_plan
from yanxiu.lessonplans.sockets import rehearse_documents
from yanxiu.web.assets import Manifest
from yanxiu.web.auth import SignedIn, load_signed_in
from yanxiu.web.built_files import built_files

log = logging.getLogger(__name__)
SCRIPTS = ("app.js", "editor.js")
STYLES = ("app.css", "editor.css")
NOBODYS_TOKEN = ""


def rehearse(app: Flask) -> None:
    """Make the pages of somebody who is signed in, once. Trouble is logged: the doors open in any case."""
    encoding = threading.Thread(target=_encode_files, args=(app,), daemon=True)
    encoding.start()
    try:
        with app.app_context():
            found = somebody_at_their_plan()
        if found is not None:
            plan_id, session_id = found
            paths = ("/", f"/lesson-plans/{plan_id}", f"/lesson-plans/{plan_id}/state")
            visitor = _rehearse_pages(app, session_id, paths)
            rehearse_documents(app, visitor, plan_id)
    except Exception:
        log.warning("the first page could not be rehearsed", exc_info=True)
    encoding.join()


def rehearse_joining(app: Flask) -> None:
    """For a process that serves documents alone: ask what joining asks. Trouble is logged."""
    try:
        with app.app_context():
            found = somebody_at_their_plan()
            session = None if found is None else find_live_session(found[1])
            if found is not None and session is not None:
                visitor = Visitor(session.user_id, session.user.name, session.id)
                rehearse_documents(app, visitor, found[0])
    except Exception:
        log.warning("joining could not be rehearsed", exc_info=True)


def _encode_files(app: Flask) -> None:
    manifest = Manifest(Path(app.static_folder or "") / "dist" / "manifest.json")
    own = [name for name in map(manifest.name_of, (*SCRIPTS, *STYLES)) if name is not None]
    files = built_files(app)
    for name in sorted({*own, *(each for entry in SCRIPTS for each in manifest.imports_of(entry))}):
        files.prepare(name)


def _rehearse_pages(app: Flask, session_id: int, paths: tuple[str, ...]) -> Visitor:
    """Make these pages for this sign-in; return who it is."""
    for path in paths:
        with app.test_request_context(path, base_url=_own_address(app)), nothing_kept():
            load_signed_in(NOBODYS_TOKEN)
            session = find_live_session(session_id)
            if session is None:
                raise LookupError("the sign-in ended meanwhile")
            visitor = Visitor(session.user_id, session.user.name, session_id)
            login_user(SignedIn(session, NOBODYS_TOKEN))
            app.dispatch_request()
    return visitor


def _own_address(app: Flask) -> str:
    """An address this installation answers to."""
    hosts: list[str] = app.config["TRUSTED_HOSTS"] or ["localhost"]
    return f"http://{hosts[0].removeprefix('.')}"
