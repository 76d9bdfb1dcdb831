"""The built wheel runs by itself, away from the checkout, with its pages and assets inside."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.eventually import eventually
from tests.support.imports import ROOT
from tests.support.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.once, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel; its dependencies are borrowed from ours, so no network is asked."""
    place = tmp_path_factory.mktemp("installed")
    venv.create(place, with_pip=False, symlinks=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    borrowed = place / "lib" / version / "site-packages" / "borrowed.pth"
    borrowed.write_text(sysconfig.get_path("purelib") + "\n")
    pip = [sys.executable, "-m", "pip", "--python", str(place / "bin" / "python"), "--disable-pip-version-check"]
    done = subprocess.run(
        [*pip, "install", "--no-deps", "--no-index", str(wheel)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def elsewhere(home: Path) -> dict[str, str]:
    """An environment that knows nothing of the checkout."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("YANXIU_", "PYTHON", "DATABASE_URL"))
    }
    return {**kept, "YANXIU_INSTANCE": str(home / "instance"), "HOME": str(home)}


@pytest.fixture(scope="module")
def address(installed: Path, elsewhere: dict[str, str], home: Path) -> Iterator[str]:
    port = free_port()
    log = (home / "log").open("w+")
    process = subprocess.Popen(
        [installed / "bin" / "yanxiu", "serve", "--host", "127.0.0.1", "--port", str(port)],
        cwd=home, env=elsewhere, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def get(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.status, answer.read().decode()


def answers(url: str) -> bool:
    try:
        return get(url)[0] == 200
    except OSError:
        return False


def test_the_wheel_carries_pages_assets_and_migrations(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for start in (
        "yanxiu/_assets/templates/layout.html", "yanxiu/_assets/static/dist/manifest.json",
        "yanxiu/migrations/env.py", "yanxiu/migrations/versions/",
    ):  # fmt: skip
        assert any(name.startswith(start) for name in names), start
    strange = [name for name in names if not name.startswith("yanxiu/") and ".dist-info/" not in name]
    assert not strange


def test_an_installed_wheel_serves_the_sign_in_page(address: str) -> None:
    eventually(lambda: answers(f"{address}/login"), timeout=60)
    status, page = get(f"{address}/login")
    assert status == 200
    assert "研修坊" in page
    style = page.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]
    assert get(address + style)[0] == 200


def test_an_installed_wheel_examines_its_own_instance(
    installed: Path, elsewhere: dict[str, str], home: Path, address: str
) -> None:
    eventually(lambda: answers(f"{address}/login"), timeout=60)
    done = subprocess.run(
        [installed / "bin" / "yanxiu", "doctor"],
        cwd=home,
        env=elsewhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(home / "instance") in done.stdout
