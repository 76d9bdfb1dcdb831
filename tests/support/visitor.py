"""Somebody with a browser, for servers in processes of their own."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar


class Visitor:
    """Somebody with a browser, for the server of a separate instance."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def status(self, path: str, page: str = "", **form: str) -> int:
        """The status of a page, or of a form sent from `page`."""
        try:
            if page:
                self.send(path, page, **form)
            else:
                self.get(path)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        return 200

    def get(self, path: str, **form: str) -> str:
        """Read a page, or send a form."""
        data = urllib.parse.urlencode(form).encode() if form else None
        with self.opener.open(f"{self.url}{path}", data, timeout=20) as answer:
            return str(answer.read().decode())

    def is_answered(self) -> bool:
        """Whether the server is up."""
        try:
            return bool(self.get("/login"))
        except OSError:
            return False

    def send(self, path: str, page: str, **form: str) -> str:
        """Send a form, with the token that stands on `page`."""
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.get(page))
        assert token is not None
        return self.get(path, csrf_token=token[1], **form)

    def sign_in(self, account: str, password: str) -> str:
        """Sign in through the form; return the page that follows."""
        return self.send("/login", "/login", account=account, password=password)

    @property
    def cookie(self) -> str:
        """What a browser would send to a socket."""
        return "; ".join(f"{each.name}={each.value}" for each in self.jar)
