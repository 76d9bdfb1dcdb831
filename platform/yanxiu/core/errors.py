"""Errors a person can cause, each with a code, an HTTP status and words that say what to do."""

from __future__ import annotations


class YanxiuError(Exception):
    """Root of all errors that are shown to people.

    `message` is Chinese and tells the reader what to do next; `field` names the form field it
    belongs to, or is None.
    """

    code = "error"
    status = 400
    default_message = "这一步没有做成，请稍后再试"

    def __init__(self, message: str | None = None, *, field: str | None = None) -> None:
        self.message = message or self.default_message
        self.field = field
        super().__init__(self.message)


class InvalidError(YanxiuError):
    """What was sent cannot be accepted as it is."""

    code = "invalid"
    status = 422
    default_message = "有填得不对的地方，请看一看再提交"


class SignInRequiredError(YanxiuError):
    """Nobody is signed in."""

    code = "sign_in_required"
    status = 401
    default_message = "请先登录"


class ForbiddenError(YanxiuError):
    """The person may see the thing but not do this with it."""

    code = "forbidden"
    status = 403
    default_message = "您没有权限做这一步"


class NotFoundError(YanxiuError):
    """The thing does not exist, or not for this person."""

    code = "not_found"
    status = 404
    default_message = "没有找到您要的内容，它可能已被移除，或您没有权限查看"


class ConflictError(YanxiuError):
    """The state of the thing changed meanwhile."""

    code = "conflict"
    status = 409
    default_message = "内容刚刚被别人改动过，请刷新后再试"


class GoneError(YanxiuError):
    """The thing existed and has expired."""

    code = "gone"
    status = 410
    default_message = "内容已经过期或被删除"


class TooLargeError(YanxiuError):
    """What was sent is larger than the limit."""

    code = "too_large"
    status = 413
    default_message = "内容太大，请压缩或分开上传"


class RateLimitedError(YanxiuError):
    """Too many attempts."""

    code = "rate_limited"
    status = 429
    default_message = "操作太快了，请等一分钟再试"


class StorageFullError(YanxiuError):
    """The disk has no room for another upload."""

    code = "storage_full"
    status = 507
    default_message = "服务器存储空间不足，暂时不能上传，请联系管理员"
