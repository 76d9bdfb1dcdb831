"""Commands of the program run one after another in one process: `python -m tests.support.commands JSON-LISTS`.

Each list is `[instance folder, database, argument, …]`; the answer is a JSON list of `[exit status, what was printed]`.
"""

from __future__ import annotations

import json
import os
import sys

from click.testing import CliRunner

from yanxiu.cli import main


def run(folder: str, database_url: str, *arguments: str) -> tuple[int, str]:
    os.environ |= {"YANXIU_INSTANCE": folder, "DATABASE_URL": database_url}
    done = CliRunner().invoke(main, arguments)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return int(done.exit_code), done.output


if __name__ == "__main__":
    answers = [run(*command) for command in json.loads(sys.argv[1])]
    sys.stdout.write("\nANSWER\n" + json.dumps(answers))
