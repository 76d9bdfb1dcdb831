"""Who may do what with people, places and sign-ins."""

from tests.support.cast import Cast
from tests.support.matrix import Row, expect, signed_in


def build(cast: Cast) -> dict[str, int]:
    return {}


ROUTES = {
    ("GET", "accounts.login"): Row("/login", expect(302, anonymous=200)),
    ("POST", "accounts.sign_in"): Row("/login", expect(422), data={"account": "liqiang", "password": "wrong"}),
    ("POST", "accounts.logout"): Row("/logout", signed_in(302)),
}
