"""How often one person may have files read, of which each takes one of two child processes, and how often speak."""

from __future__ import annotations

from flask import request
from flask_limiter.util import get_remote_address

from yanxiu.extensions import limiter
from yanxiu.web.auth import current_viewer


def _whoever_asks() -> str:
    """A whole school comes from one address: it is counted by person."""
    return f"reads:{current_viewer().user_id or get_remote_address()}"


def _in_the_usual_look() -> bool:
    return request.args.get("layout") != "school"


reads_files = limiter.shared_limit("20/minute", scope="files", key_func=_whoever_asks, methods=["POST"])
"""For routes that read what is sent to them."""
fills_layout = limiter.shared_limit("30/minute", scope="layout", key_func=_whoever_asks, exempt_when=_in_the_usual_look)
"""For routes that fill the layout of a school with `?layout=school`."""
speaks = limiter.shared_limit("60/minute", scope="speaks", key_func=_whoever_asks, methods=["POST"])
"""For routes where each thing that is said wakes up all who are there."""
