"""Who may do what with people, places and sign-ins."""

from io import BytesIO

from PIL import Image

from tests.support.accounts import make_session
from tests.support.cast import Cast
from tests.support.matrix import Row, everyone, expect, signed_in
from yanxiu.core.demo import PASSWORD
from yanxiu.core.storage import keep_file, receive_file


def picture(mode: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "#0f5c46").save(out, mode)
    return out.getvalue()


def build(cast: Cast) -> dict[str, int]:
    teacher = cast.user("teacher")
    teacher.photo_id = keep_file(receive_file(BytesIO(picture("JPEG")), "p.jpg", "image/jpeg", None), teacher.id).id
    return {"teacher": teacher.id, "session": make_session(teacher).id}


PASSWORDS = {"current": PASSWORD, "password": "new words 2026", "repeated": "new words 2026"}
ROUTES = {
    ("GET", "accounts.login"): Row("/login", expect(302, anonymous=200)),
    ("POST", "accounts.login"): Row(
        "/login", expect(302, anonymous=422), data={"account": "liqiang", "password": "wrong"}
    ),
    ("POST", "accounts.logout"): Row("/logout", everyone(302)),
    ("GET", "accounts.me"): Row("/people/me", signed_in(302)),
    ("GET", "accounts.person"): Row("/people/{teacher}", expect(200, anonymous=302, stranger=404)),
    ("GET", "accounts.photo"): Row(
        "/people/{teacher}/photo", expect(200, anonymous=302, stranger=404), builds_files=True
    ),
    ("GET", "accounts.settings"): Row("/settings", signed_in(302)),
    ("GET", "accounts.edit_profile"): Row("/settings/profile", signed_in()),
    ("POST", "accounts.edit_profile"): Row(
        "/settings/profile", signed_in(302), data={"subject": "语文", "stage": "小学", "title": "", "bio": "你好"}
    ),
    ("POST", "accounts.upload_photo"): Row("/settings/photo", signed_in(302), files={"photo": (picture(), "me.png")}),
    ("POST", "accounts.delete_photo"): Row("/settings/photo/removal", signed_in(302)),
    ("GET", "accounts.change_password"): Row("/settings/password", signed_in()),
    ("POST", "accounts.change_password"): Row("/settings/password", signed_in(302), data=PASSWORDS),
    ("GET", "accounts.sessions"): Row("/settings/sessions", signed_in()),
    ("POST", "accounts.end_other_session"): Row(
        "/settings/sessions/{session}/end", expect(404, anonymous=302, teacher=302)
    ),
    ("POST", "accounts.end_other_sessions"): Row("/settings/sessions/end-others", signed_in(302)),
    ("GET", "accounts.display"): Row("/settings/display", signed_in()),
    ("POST", "accounts.display"): Row("/settings/display", signed_in(302), data={"large_type": "y"}),
    ("GET", "accounts.help_page"): Row("/help", everyone()),
}
