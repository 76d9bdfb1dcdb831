"""Start the real server again and again, quickly: `python -m tests.crash.nursery PORT`.

Importing the program takes seconds, starting it a fraction of one. This process imports once and forks the server for
each line it reads, answering with the new process group's id, which the test kills. No server lives here itself, so each
one starts from nothing but what is on disk.
"""

from __future__ import annotations

import contextlib
import os
import sys

from sqlalchemy.orm import configure_mappers

from yanxiu import serving

THREADS = 24
REHEARSES_EVERY = 5
"""Making the first pages and packing the scripts beforehand is most of a start, and what a kill loses does not depend on it."""


def main() -> None:
    port = int(sys.argv[1])
    configure_mappers()
    for life, _line in enumerate(sys.stdin):
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        child = os.fork()
        if child == 0:
            os.setsid()
            os.close(0)
            os.dup2(2, 1)
            if life % REHEARSES_EVERY:
                serving.rehearse = lambda _app: None
            serving.EmbeddedServer("127.0.0.1", port, THREADS).run()
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
