"""Flask extensions, made once and bound to the application by `create_app`."""

from __future__ import annotations

from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_socketio import SocketIO
from flask_wtf import CSRFProtect

from yanxiu.core.db import db

__all__ = ["compress", "csrf", "db", "limiter", "login_manager", "socketio"]

compress = Compress()
csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address, headers_enabled=True)
login_manager = LoginManager()
socketio = SocketIO()
