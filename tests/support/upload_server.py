"""What a test that kills the server needs first: `python -m tests.support.upload_server` makes it and answers JSON.

Tables, the cast, a lesson of `teacher`, and a cookie of his.
"""

from __future__ import annotations

import json
import sys

from tests.support.cast import cast_from_world
from tests.support.clients import session_cookie, signed_in_client
from tests.support.observations import make_lesson
from yanxiu.accounts import demo as accounts_demo
from yanxiu.accounts.passwords import use_cheap_hashing
from yanxiu.app import create_app
from yanxiu.cli import upgrade_database
from yanxiu.core.demo import DemoWorld
from yanxiu.core.unit_of_work import unit_of_work


def main() -> None:
    use_cheap_hashing()
    app = create_app()
    world = DemoWorld(small=True)
    with app.app_context():
        upgrade_database()
        with unit_of_work():
            accounts_demo.seed(world)
        with unit_of_work():
            lesson_id = make_lesson(world.users["teacher"], visibility="school").id
        cast = cast_from_world(world)
    cookie = f"yanxiu={session_cookie(signed_in_client(app, cast.people['teacher']))}"
    sys.stdout.write(json.dumps({"lesson": lesson_id, "cookie": cookie}) + "\n")


if __name__ == "__main__":
    main()
