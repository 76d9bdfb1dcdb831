"""A server of its own process for tests that kill it: `python -m tests.support.document_server setup | serve PORT`.

`setup` makes the tables, the cast and one plan of `leader` that `teacher` and `colleague` write with; it answers JSON
with the plan's id and a session cookie for each of them.
"""

from __future__ import annotations

import json
import sys

from werkzeug.serving import make_server

from tests.support.cast import cast_from_world
from tests.support.clients import session_cookie, signed_in_client
from tests.support.lessonplans import make_plan
from yanxiu.accounts import demo as accounts_demo
from yanxiu.accounts.passwords import use_cheap_hashing
from yanxiu.app import create_app
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import services

WRITERS = ("leader", "teacher", "colleague")


def setup() -> None:
    """Make what the server needs and print it."""
    use_cheap_hashing()
    app = create_app()
    with app.app_context():
        with unit_of_work():
            db.metadata.create_all(db.session.connection())
        world = DemoWorld(small=True)
        with unit_of_work():
            accounts_demo.seed(world)
        with unit_of_work():
            plan = make_plan(world.users["leader"])
            for key in WRITERS[1:]:
                services.invite_member(world.users["leader"], plan, world.users[key], "writer")
            plan_id = plan.id
        cast = cast_from_world(world)
    cookies = {key: f"yanxiu={session_cookie(signed_in_client(app, cast.people[key]))}" for key in WRITERS}
    sys.stdout.write(json.dumps({"plan": plan_id, "cookies": cookies}) + "\n")


def serve(port: int) -> None:
    """Serve until killed."""
    server = make_server("127.0.0.1", port, create_app(), threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    sys.stdout.write("READY\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1] == "setup":
        setup()
    else:
        serve(int(sys.argv[2]))
