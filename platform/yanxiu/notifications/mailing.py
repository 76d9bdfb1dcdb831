"""Handing a mail to the server."""

from __future__ import annotations

import smtplib
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr

TIMEOUT_S = 30


@dataclass(frozen=True)
class Mailing:
    """The server that takes our mails, whom they are from, and where this site is: links begin with `home`.

    `security` is none, starttls or tls.
    """

    host: str
    port: int
    user: str
    password: str
    security: str
    sender: str
    home: str


_mailing: Mailing | None = None


def use_mailing(mailing: Mailing | None) -> None:
    """Say how mails leave; None: not at all. Called by `wiring`."""
    global _mailing
    _mailing = mailing


def mailing() -> Mailing | None:
    """Return how mails leave, or None."""
    return _mailing


class CutOffError(Exception):
    """The line broke while the server took the mail: nobody knows whether it will arrive."""


@dataclass(frozen=True)
class Mail:
    """`key` names the mail for good: a server that sees it twice can tell."""

    to: str
    subject: str
    text: str
    html: str
    key: str


def send_mail(way: Mailing, mail: Mail) -> None:
    """Hand a mail over. CutOffError when that broke off in the middle; any other error: the mail did not leave."""
    message = _message(way, mail)
    sender, recipient = parseaddr(way.sender)[1], parseaddr(mail.to)[1]
    server = _connect(way)
    try:
        for code, answer in (server.mail(sender), server.rcpt(recipient)):
            _accepted(code, answer)
        _hand_over(server, message, mail.key)
        with suppress(smtplib.SMTPException, OSError):
            server.quit()  # it has the mail: whatever goes wrong now is no reason to send it again
    finally:
        server.close()


def _hand_over(server: smtplib.SMTP, message: EmailMessage, key: str) -> None:
    try:
        code, answer = server.data(message.as_bytes(policy=SMTP))
    except smtplib.SMTPDataError:
        raise
    except (smtplib.SMTPException, OSError) as error:
        raise CutOffError(key) from error
    _accepted(code, answer)


def _accepted(code: int, answer: bytes) -> None:
    if code >= 300:
        raise smtplib.SMTPResponseException(code, answer)


def _connect(way: Mailing) -> smtplib.SMTP:
    kind = smtplib.SMTP_SSL if way.security == "tls" else smtplib.SMTP
    server = kind(way.host, way.port, timeout=TIMEOUT_S)
    if way.security == "starttls":
        server.starttls()
    if way.user:
        server.login(way.user, way.password)
    else:
        server.ehlo_or_helo_if_needed()
    return server


def _message(way: Mailing, mail: Mail) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = mail.subject, way.sender, mail.to
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{mail.key}@{parseaddr(way.sender)[1].rpartition('@')[2]}>"
    message["List-Unsubscribe"] = f"<{way.home}/settings/notifications>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
