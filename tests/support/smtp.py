"""A small real SMTP server on a free port; it keeps what it was handed, or behaves badly when told to."""

from __future__ import annotations

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

ACCEPT, REFUSE, CUT_OFF = "accept", "refuse", "cut off"


class _Line(socketserver.StreamRequestHandler):
    server: MailServer

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self) -> None:
        self.say("220 test")
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "DATA" and not self._take():
                return
            if word != "DATA":
                self.say("221 bye" if word == "QUIT" else "250 ok")
            if word == "QUIT":
                return

    def _take(self) -> bool:
        """Take one mail, or refuse it, or take it and hang up without a word."""
        mood = self.server.moods.pop(0) if self.server.moods else ACCEPT
        if mood == REFUSE:
            self.say("451 try again later")
            return True
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        self.server.kept.append(message_from_bytes(b"".join(lines), policy=policy.default))
        if mood == ACCEPT:
            self.say("250 kept")
        return mood == ACCEPT


class MailServer(socketserver.ThreadingTCPServer):
    """`kept` are the mails that arrived; `moods` say how the next ones are met."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Line)
        self.kept: list[EmailMessage] = []
        self.moods: list[str] = []
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def __enter__(self) -> MailServer:
        self.thread.start()
        return self

    def __exit__(self, *_error: Any) -> None:
        self.shutdown()
        self.server_close()
        self.thread.join()
