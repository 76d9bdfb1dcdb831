"""minimum-versions.toml, held against what is locked, declared and installed."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.support.imports import ROOT

pytestmark = pytest.mark.once

RULES = {name: SpecifierSet(rule) for name, rule in tomllib.loads((ROOT / "minimum-versions.toml").read_text()).items()}


def locked(kind: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{kind}.lock").read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))


def declared() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lists = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    return [Requirement(line) for items in lists for line in items]


@pytest.mark.parametrize("kind", ["run", "dev"])
def test_locked_versions_are_not_older_than_allowed(kind: str) -> None:
    versions = locked(kind)
    assert versions
    assert not [
        f"{name} {versions[name]}" for name, rule in RULES.items() if name in versions and versions[name] not in rule
    ]


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_installed_version_is_not_older_than_allowed(name: str) -> None:
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        assert name not in locked("run")
        return
    assert version in RULES[name]


def test_everything_a_wheel_asks_for_is_locked() -> None:
    """A package added to pyproject.toml without `make lock` would be missing on a new machine."""
    versions = locked("dev")
    missing = []
    for need in declared():
        version = versions.get(canonicalize_name(need.name))
        if version is None or version not in need.specifier:
            missing.append(str(need))
    assert not missing


def test_the_declared_lower_bounds_are_not_below_the_allowed_ones() -> None:
    """Whoever installs the wheel without our lock file must not get a version with a known hole."""
    loose = [
        str(need)
        for need in declared()
        if (rule := RULES.get(canonicalize_name(need.name)))
        and not all(str(bound.version) in rule for bound in need.specifier if bound.operator in (">=", "=="))
    ]
    assert not loose
