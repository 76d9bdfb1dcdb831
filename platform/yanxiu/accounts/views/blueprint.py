"""The blueprint of people and sign-in."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("accounts", __name__)
