"""Everything that must hold, by one command: style, types, tests on SQLite and PostgreSQL, browsers, assets.

    python tools/suite.py            all steps (what `make test` runs)
    python tools/suite.py fast       style, types and the tests on SQLite, without services
    python tools/suite.py STEP …     only these steps (see STEPS)

Every step runs, also after one has failed. The last line is the sum over all steps: `N passed, N failed, N skipped`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import services as service_tools

ROOT = Path(__file__).resolve().parent.parent
STEP_LIMIT_S = 30 * 60
CORES = os.cpu_count() or 2
WORKERS = os.environ.get("TEST_WORKERS", str(CORES + 1))
"""One more than cores: tests wait for processes they start, and for pages (two left two cores idle for a sixth of the time)."""
AGAIN = os.environ.get("FUZZ_EXAMPLES", "4")
"""Hostile examples a form on the second database: what differs there are types and limits, seen by few."""


@dataclass
class Result:
    """What one step counted; a step that is not pytest counts as one test."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0


@dataclass(frozen=True)
class Step:
    """One part of the suite. `needs` names the services without which it cannot run at all.

    `beside` is for one process alone: it runs while the next steps do, on a core that would be idle.
    """

    name: str
    run: Callable[[dict[str, str]], Result]
    needs: tuple[str, ...] = ()
    beside: bool = False


def around() -> dict[str, str]:
    """The environment we were started in; compiled modules are kept, for the tests start many processes."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(command: list[str], env: dict[str, str], output: int | None = None) -> int:
    """Run it; what it prints goes to the file `output`, or at once to ours."""
    print(f"\n$ {' '.join(command)}", flush=True)
    try:
        return subprocess.run(
            command, cwd=ROOT, env={**around(), **env}, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            timeout=STEP_LIMIT_S, check=False,
        ).returncode  # fmt: skip
    except subprocess.TimeoutExpired:
        print(f"gave up after {STEP_LIMIT_S} s", flush=True)
        return 124


def one_command(*command: str) -> Callable[[dict[str, str]], Result]:
    """One tool; what it prints comes in one piece at its end, for another step may print meanwhile."""

    def step(env: dict[str, str]) -> Result:
        with tempfile.TemporaryFile("w+b") as output:
            ok = run([sys.executable, "-m", *command], env, output.fileno()) == 0
            output.seek(0)
            print(f"\n{command[0]}: {output.read().decode(errors='replace')}", flush=True)
        return Result(passed=int(ok), failed=int(not ok))

    return step


def pytest(*arguments: str, database: str = "") -> Callable[[dict[str, str]], Result]:
    """One pytest run; `database` names the service variable that holds its database server's address."""

    def step(env: dict[str, str]) -> Result:
        with service_tools.data_dir("tests") as folder:
            report = folder / "report.xml"
            command = [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "--durations=60",
                "-p",
                "no:cacheprovider",
                f"--junit-xml={report}",
            ]
            extra = {"YANXIU_TEST_DATABASE_URL": env[database], "FUZZ_EXAMPLES": AGAIN} if database else {}
            code = run([*command, *arguments], {**env, **extra, "TMPDIR": str(folder)})
            return count(report, code)

    return step


def count(report: Path, code: int) -> Result:
    """Read pytest's own report; a run that ended badly without a failed test is one failure more."""
    if not report.exists():
        return Result(failed=1)
    root = ET.parse(report).getroot()
    suites = [root] if root.tag == "testsuite" else list(root)
    total, failed, skipped = (
        sum(int(suite.get(key, 0)) for suite in suites for key in keys)
        for keys in (("tests",), ("failures", "errors"), ("skipped",))
    )
    passed = max(0, total - failed - skipped)
    return Result(passed, failed or int(code != 0), skipped)


PARALLEL = ("-n", WORKERS, "--dist", "loadscope", "--no-loadscope-reorder")
STEPS = (
    Step("style", one_command("ruff", "check", ".")),
    Step("format", one_command("ruff", "format", "--check", ".")),
    Step("types", one_command("mypy"), beside=True),
    # Every module is compiled once, while the types take the other core, and not by all workers at a time.
    Step("modules", one_command("pytest", "--collect-only", "-qqq", "-p", "no:cacheprovider", "tests")),
    Step("sqlite", pytest("tests", "--ignore=tests/browser", *PARALLEL)),
    Step(
        "postgresql",
        pytest("tests", "--ignore=tests/browser", *PARALLEL, database="TEST_POSTGRES_URL"),
        needs=("PostgreSQL",),
    ),
    Step("browser", pytest("tests/browser", *PARALLEL), needs=("Chromium",)),
)
FAST = ("style", "format", "types", "modules", "sqlite")


@contextlib.contextmanager
def ensured_node(have: service_tools.Services) -> Iterator[None]:
    """Node builds the assets anew, to compare them with the committed ones; only tests need it."""
    if shutil.which("npm") is None:
        try:
            service_tools.install("nodejs", "npm")
        except service_tools.ServiceError as error:
            have.skipped["Node"] = str(error)
    if "Node" not in have.skipped and not (ROOT / "node_modules" / "axe-core").exists():
        code = run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], have.env)
        if code != 0:
            have.skipped["Node"] = "npm ci failed: axe-core for the accessibility tests is missing"
    yield


def run_steps(steps: list[Step], have: service_tools.Services) -> dict[str, Result]:
    with ThreadPoolExecutor() as pool:
        running = {step.name: pool.submit(run_step, step, have) for step in steps if step.beside}
        results = {step.name: run_step(step, have) for step in steps if not step.beside}
        results |= {name: step.result() for name, step in running.items()}
    return {step.name: results[step.name] for step in steps}


def run_step(step: Step, have: service_tools.Services) -> Result:
    print(f"\n=== {step.name} ===", flush=True)
    missing = [name for name in step.needs if name in have.skipped]
    if missing:
        print(f"left out: no {', '.join(missing)}", flush=True)
        return Result(skipped=1)
    started = time.monotonic()
    result = step.run(have.env)
    result.seconds = time.monotonic() - started
    return result


def summarize(results: dict[str, Result], have: service_tools.Services) -> int:
    print("\n=== summary ===")
    for name, result in results.items():
        counts = f"{result.passed} passed, {result.failed} failed, {result.skipped} skipped"
        print(f"{name:<12}{counts}, {result.seconds:.0f} s")
    for line in have.skipped_lines():
        print(line)
    total = [sum(getattr(result, key) for result in results.values()) for key in ("passed", "failed", "skipped")]
    if service_tools.is_ci():
        total[1] += len(have.skipped)
    print(f"{total[0]} passed, {total[1]} failed, {total[2]} skipped", flush=True)
    return int(total[1] > 0)


def main(names: list[str]) -> int:
    known = {step.name: step for step in STEPS}
    if names == ["fast"]:
        return summarize(run_steps([known[name] for name in FAST], service_tools.Services()), service_tools.Services())
    unknown = set(names) - set(known)
    if unknown:
        print(f"no such step: {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
        return 2
    steps = [known[name] for name in names] or list(STEPS)
    with service_tools.all_services() as have, ensured_node(have), service_tools.data_dir("kept") as kept:
        have.env["TEST_KEPT"] = str(kept)
        return summarize(run_steps(steps, have), have)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
