"""Build the application: one screen, in the order in which things are needed."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from yanxiu import wiring
from yanxiu.config import Config, flask_settings, load_config, resource_dir
from yanxiu.core.audit_mark import keep_mark_in
from yanxiu.core.scratch import set_scratch_root
from yanxiu.core.storage import LocalStorage, set_storage
from yanxiu.extensions import compress, csrf, db, limiter, socketio
from yanxiu.lessonplans.collab.protocol import Limits
from yanxiu.web.assets import init_assets
from yanxiu.web.auth import init_auth
from yanxiu.web.built_files import init_built_files
from yanxiu.web.bursts import init_bursts
from yanxiu.web.converters import init_converters
from yanxiu.web.errors import init_errors
from yanxiu.web.filters import init_filters
from yanxiu.web.frame import init_frame
from yanxiu.web.headers import init_headers
from yanxiu.web.packets import send_own_packets
from yanxiu.web.requests import FormRequest
from yanxiu.web.siblings import siblings
from yanxiu.web.switchboard import init_switchboard
from yanxiu.web.tails import init_tails
from yanxiu.web.templates import init_templates


class LaterMigrations:
    """What Flask-Migrate looks for, made when it does: Alembic is ten megabytes that a process without migrations spares."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate

        Migrate().init_app(self._app, db, directory=wiring.MIGRATIONS, render_as_batch=True)
        return getattr(self._app.extensions["migrate"], name)


def create_app(config: Config | None = None, **overrides: Any) -> Flask:
    """Return the application for `config` (default: the environment); `overrides` are Flask settings."""
    config = config or load_config()
    config.instance_path.mkdir(parents=True, exist_ok=True, mode=0o700)
    logging.getLogger("yanxiu").setLevel(config.log_level)
    resources = resource_dir()
    app = Flask(
        "yanxiu",
        template_folder=str(resources / "templates"),
        static_folder=str(resources / "static"),
        instance_path=str(config.instance_path),
    )
    app.request_class = FormRequest
    app.config.update(flask_settings(config), **overrides)
    init_templates(app, config.instance_path / "templates")
    if config.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    set_storage(LocalStorage(config.instance_path / "files"))
    set_scratch_root(config.instance_path / "work")
    keep_mark_in(config.instance_path)
    compress.init_app(app)  # first: it acts last on an answer
    db.init_app(app)
    app.extensions["migrate"] = LaterMigrations(app)
    csrf.init_app(app)
    limiter.init_app(app)
    socketio.init_app(
        app,
        async_mode="threading",
        serializer="msgpack",
        message_queue=config.redis_url or None,
        max_http_buffer_size=1_000_000,
        ping_interval=20,
        ping_timeout=20,
        cookie=None,
        async_handlers=False,  # events of one socket stay in order, and none costs a thread
    )
    send_own_packets(socketio.server)
    init_switchboard(socketio.server, max_unsent=2 * Limits.state_limit_bytes)
    siblings.use(config.redis_url)
    init_converters(app)
    init_bursts(app)
    init_tails(app)
    init_auth(app)
    init_errors(app)
    init_headers(app)
    init_filters(app)
    init_assets(app)
    init_built_files(app)
    init_frame(app)
    wiring.wire(app)
    return app
