"""The Flask extensions that keep doors: who is signed in, and whether a form is ours. Bound by whatever process serves."""

from __future__ import annotations

from flask_login import LoginManager
from flask_wtf import CSRFProtect

__all__ = ["csrf", "login_manager"]

csrf = CSRFProtect()
login_manager = LoginManager()
