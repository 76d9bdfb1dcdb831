"""One answer to every error: a page for people, JSON for our JavaScript, always in words that help."""

from __future__ import annotations

import logging

from flask import Flask, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, InterfaceError, OperationalError, SQLAlchemyError, TimeoutError
from werkzeug.exceptions import HTTPException

from yanxiu.core.db import db
from yanxiu.core.errors import (
    ForbiddenError,
    GoneError,
    InvalidError,
    NotFoundError,
    RateLimitedError,
    TooLargeError,
    YanxiuError,
)
from yanxiu.web.auth import wants_fragment

log = logging.getLogger(__name__)
PAGES = frozenset({400, 403, 404, 413, 429, 500})
_BY_STATUS: dict[int, type[YanxiuError]] = {
    403: ForbiddenError,
    404: NotFoundError,
    410: GoneError,
    413: TooLargeError,
    429: RateLimitedError,
}


def init_errors(app: Flask) -> None:
    """Bind the error answers to the application."""
    app.register_error_handler(YanxiuError, show_error)
    app.register_error_handler(CSRFError, _show_csrf)
    app.register_error_handler(HTTPException, _show_http)
    app.register_error_handler(DataError, _show_data)
    for trouble in (OperationalError, InterfaceError, TimeoutError):
        app.register_error_handler(trouble, _show_database)
    app.register_error_handler(Exception, _show_unexpected)


def show_error(error: YanxiuError) -> ResponseReturnValue:
    """Answer with the error's status and words."""
    if wants_fragment() or (request.blueprint is None and request.path.startswith("/socket.io")):
        body = {"ok": False, "code": error.code, "message": error.message, "field": error.field}
        return jsonify(body), error.status
    page = error.status if error.status in PAGES else (400 if error.status < 500 else 500)
    return render_template(f"errors/{page}.html", message=error.message), error.status


def _show_csrf(error: CSRFError) -> ResponseReturnValue:
    stale = YanxiuError("页面停留时间较长，请返回上一页再提交一次；若仍不行，请先复制写好的内容，再刷新页面")
    stale.code = "csrf"
    return show_error(stale)


def _show_http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < 400:
        return error
    kind = _BY_STATUS.get(error.code or 500)
    shown = kind() if kind else InvalidError("送来的内容不完整，请刷新页面再试")
    shown.status = error.code or 500
    return show_error(shown)


def _show_data(error: DataError) -> ResponseReturnValue:
    """A number or text that no column can hold: PostgreSQL says so where SQLite takes it."""
    db.session.rollback()
    return show_error(InvalidError("地址或表单里有无法识别的内容，请返回上一页重试"))


def _show_database(error: SQLAlchemyError) -> ResponseReturnValue:
    log.exception("database trouble")
    g.without_database = isinstance(error, TimeoutError)  # no connection was free: do not ask for one more
    busy = YanxiuError("服务器正忙，请稍等几秒再试一次")
    busy.code, busy.status = "busy", 503
    return _show_whatever_happens(busy)


def _show_unexpected(error: Exception) -> ResponseReturnValue:
    log.exception("unexpected error at %s %s", request.method, request.path)
    broken = YanxiuError("页面出错了，我们已经记录下来。请返回重试，若仍不行请联系管理员")
    broken.code, broken.status = "unexpected", 500
    return _show_whatever_happens(broken)


def _show_whatever_happens(error: YanxiuError) -> ResponseReturnValue:
    """Answer in a fresh transaction; if even that is not to be had, in a frame that asks nobody."""
    try:
        db.session.rollback()
        return show_error(error)
    except SQLAlchemyError:
        log.warning("the page frame could not read the database", exc_info=True)
        g.without_database = True
        return show_error(error)
