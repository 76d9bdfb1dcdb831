"""Two requests in the same moment: each in a thread, an application context and a transaction of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator

from flask import Flask

from yanxiu.core.db import is_sqlite
from yanxiu.core.errors import YanxiuError
from yanxiu.core.unit_of_work import unit_of_work

Act = Callable[[], Generator[None, None, None]]
"""Loads what it needs, yields, then writes."""

PATIENCE_S = 20


def together(app: Flask, *acts: Act) -> list[str]:
    """Run the acts side by side and return how each ended, sorted: "done" or the code of its error.

    On PostgreSQL all of them have loaded before the first writes. SQLite lets one writer in at a time: there they only
    begin at the same moment.
    """
    ends: list[str] = []
    faults: list[BaseException] = []
    gate = threading.Barrier(len(acts), timeout=PATIENCE_S)

    def run(act: Act) -> None:
        try:
            ends.append(_end_of(app, act, gate))
        except BaseException as fault:
            gate.abort()
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE_S)
    if faults:
        raise faults[0]
    return sorted(ends)


def _end_of(app: Flask, act: Act, gate: threading.Barrier) -> str:
    with app.app_context():
        if is_sqlite():
            gate.wait()
        try:
            with unit_of_work():
                steps = act()
                next(steps)
                if not is_sqlite():
                    gate.wait()
                next(steps, None)
        except YanxiuError as error:
            return error.code
    return "done"
