"""The house of docs/architecture.md: who may import whom, and where which statement may stand."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest

from tests.support.imports import DYNAMIC, ROOT, Import, Module, imports_of, modules, part_of, role_of

pytestmark = pytest.mark.once

FOUNDATION = {"core", "web", "accounts"}
REACTORS = {"hours", "notifications", "search", "insights"}
TOP = {
    "app",
    "wiring",
    "cli",
    "archive_cli",
    "demo_county",
    "documents_cli",
    "maintenance_cli",
    "recordings_cli",
    "serving",
    "listening",
    "realtime",
    "uploads",
    "rehearsal",
    "__main__",
}
SETTINGS = {"config", "extensions", "guards"}

# What a feature sits inside of: it may know its containers' models and rights, never the other way round.
CONTAINERS = {
    "lessonplans": {"workshops"},
    "observations": {"workshops", "lessonplans"},
    "resources": {"workshops"},
    "programs": {"workshops"},
    "projects": set(),
}

DATA = {"models", "events"}
RULES = {"permissions", "queries"}
DOORS = {"views", "sockets", "forms"}
READABLE = {"queries", "permissions"}
REACTIONS = {"subscribers", "indexing"}

FLASK = ("flask", "flask_login", "flask_wtf", "flask_socketio", "flask_limiter", "werkzeug", "wtforms", "socketio")
REQUEST_NAMES = {"request", "session", "g", "has_request_context", "current_user", "url_for", "render_template"}
VAGUE_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "stuff", "base", "manager"}


def complaint(found: Import) -> str | None:
    """The rule an import breaks, in words, or None."""
    if found.target == DYNAMIC:
        return None if found.source.role in TOP else "imports by a computed name hide the graph"
    if found.target.split(".")[0] in FLASK:
        return flask_complaint(found)
    if not found.target.startswith("yanxiu"):
        return None
    return house_complaint(found.source, found.target)


def flask_complaint(found: Import) -> str | None:
    source, root = found.source, found.target.split(".")[0]
    if source.part == "core":
        if root == "flask_login" or found.name in REQUEST_NAMES:
            return "core knows no request"
        return None
    if source.part and source.role in DATA | RULES | {"services", "indexing"}:
        return f"{source.role} knows no Flask"
    return None


def house_complaint(source: Module, target: str) -> str | None:
    part, role = part_of(target), role_of(target)
    if not part:
        return top_complaint(source, role)
    if source.part == "" and source.role in TOP:
        return None
    if source.part == "" or source.part == "core":
        return None if part == "core" else "imports only core"
    if source.part == "web":
        return web_complaint(part, role)
    if part == source.part:
        return own_complaint(source.role, role)
    if part == "core":
        return None
    if part == "web":
        return None if source.role in DOORS | {"subscribers", "demo", "cli", ""} else f"{source.role} knows no web"
    return feature_complaint(source, part, role)


def web_complaint(part: str, role: str) -> str | None:
    """The frame knows who is asking, and no other feature."""
    if part == "accounts":
        return "web does not import the accounts' pages" if role in DOORS | REACTIONS else None
    return None if part in ("core", "web") else "web knows no feature"


def top_complaint(source: Module, role: str) -> str | None:
    if source.part == "" or role == "":
        return None
    if role in SETTINGS:
        return None if source.part == "web" or source.role in DOORS else "only the edges read the settings"
    return f"{role} is never imported"


def own_complaint(source_role: str, role: str) -> str | None:
    """Inside a feature: data and rules know no services, services know no doors."""
    above = {
        **dict.fromkeys(DATA | RULES, DOORS | REACTIONS | {"services", "demo"}),
        "services": DOORS | REACTIONS | {"demo"},
    }
    return f"{source_role} does not import its own {role}" if role in above.get(source_role, ()) else None


def feature_complaint(source: Module, part: str, role: str) -> str | None:
    """Between features."""
    if source.role == "demo":
        return "demo calls services, not doors" if role in DOORS else None
    if part == "admin" or (part in REACTORS and source.part != "admin" and source.part not in REACTORS):
        return f"{part} is not imported by others"
    if part == "accounts":
        return accounts_complaint(source.role, role)
    if source.part == "admin":
        return None if role in READABLE | {"services", "events"} else f"admin uses queries and services, not {role}"
    contained = part in CONTAINERS.get(source.part, set())
    allowed = READABLE | ({"models"} if contained else set())
    if source.role in REACTIONS or source.part in REACTORS:
        allowed = READABLE | {"events", "indexing"}
    elif source.role in DATA:
        allowed = {"models"} if contained else set()
    elif source.role in RULES:
        allowed = READABLE | {"models"} if contained else set()
    elif source.role in DOORS:
        allowed = READABLE
    return None if role in allowed else f"{source.part}.{source.role} may not use {part}.{role}"


def accounts_complaint(source_role: str, role: str) -> str | None:
    """People and places are known to all, but a model needs only their tables."""
    if source_role in DATA:
        return None if role in ("models", "catalog") else "models and events know only the accounts' models"
    return "doors of other features are not imported" if role in DOORS | REACTIONS else None


def complaints(module: Module) -> list[str]:
    return [f"{found}: {why}" for found in imports_of(module) if (why := complaint(found))]


def test_every_import_keeps_to_the_table_in_architecture_md() -> None:
    broken = [line for module in modules().values() for line in complaints(module)]
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("core/made_up.py", "from flask import request"),
        ("core/made_up.py", "def f():\n    import yanxiu.workshops.models"),
        ("web/made_up.py", "from yanxiu.lessonplans import queries"),
        ("workshops/models.py", "from yanxiu.lessonplans.models import LessonPlan"),
        ("workshops/queries.py", "import flask"),
        ("accounts/permissions.py", "from . import services"),
        ("workshops/services.py", "from flask_login import current_user"),
        ("workshops/services/threads.py", "from ..views import bp"),
        ("workshops/views.py", "from yanxiu.resources.services import publish"),
        ("workshops/views.py", "from yanxiu.resources.models import Resource"),
        ("workshops/subscribers.py", "from yanxiu.notifications.services import notify"),
        (
            "workshops/views.py",
            "def f():\n    from importlib import import_module\n    import_module('yanxiu.admin.views')",
        ),
        ("workshops/views.py", "import importlib\nname = 'x'\nimportlib.import_module(name)"),
        ("workshops/views.py", "from yanxiu.app import create_app"),
    ],
)
def test_the_import_rules_notice_a_breach(path: str, line: str) -> None:
    assert [why for found in imagined(path, line) if (why := complaint(found))]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("lessonplans/models.py", "from yanxiu.workshops.models import Workshop"),
        ("workshops/views.py", "from flask import request\nfrom yanxiu.accounts import queries"),
        ("notifications/subscribers.py", "from yanxiu.workshops.events import PostPublished"),
        ("wiring.py", "import importlib\nimportlib.import_module(name)"),
    ],
)
def test_the_import_rules_let_pass_what_is_right(path: str, line: str) -> None:
    assert not [why for found in imagined(path, line) if (why := complaint(found))]


class Imagined(Module):
    """A module that stands only in a test."""

    source: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)


def imagined(path: str, source: str) -> list[Import]:
    name = "yanxiu." + path.removesuffix(".py").replace("/", ".")
    module = Imagined(name, ROOT / "platform" / "yanxiu" / path)
    object.__setattr__(module, "source", textwrap.dedent(source))
    return list(imports_of(module))


def calls(module: Module) -> list[tuple[str, int]]:
    """Every called name with its line: `x.commit()` is ("commit", line)."""
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            found.append((name, node.lineno))
    return found


def test_only_the_unit_of_work_commits() -> None:
    allowed = {"yanxiu.core.unit_of_work", "yanxiu.search.engines.whoosh_engine"}  # the latter commits index files
    found = [
        f"{module}:{line} calls {name}()"
        for module in modules().values()
        if module.name not in allowed
        for name, line in calls(module)
        if name == "commit"
    ]
    assert not found, "\n".join(found)


def test_services_and_rules_open_no_unit_of_work() -> None:
    """The edge decides where a transaction begins, so services can be combined."""
    found = [
        f"{module}:{line}"
        for module in modules().values()
        if module.part not in FOUNDATION - {"accounts"} and module.role in {"services"} | RULES | DATA
        for name, line in calls(module)
        if name == "unit_of_work"
    ]
    assert not found, "\n".join(found)


def test_permissions_ask_no_database() -> None:
    """A predicate is pure: what it needs is loaded on the object or held by the viewer."""
    found = [f"{m} imports {i.target}.{i.name}" for m in modules().values() if m.role == "permissions"
             for i in imports_of(m) if (i.target, i.name) == ("yanxiu.core.db", "db") or i.target == "sqlalchemy"]  # fmt: skip
    assert not found, "\n".join(found)


def test_events_are_frozen_dataclasses() -> None:
    loose = []
    for module in modules().values():
        for node in (
            module.tree.body if module.role == "events" and module.part not in FOUNDATION - {"accounts"} else ()
        ):
            if isinstance(node, ast.ClassDef) and not any("frozen=True" in ast.unparse(d) for d in node.decorator_list):
                loose.append(f"{module}:{node.lineno} {node.name}")
    assert not loose, "\n".join(loose)


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = [str(module) for module in modules().values() if module.name.rsplit(".", 1)[-1] in VAGUE_NAMES]
    assert not vague


def test_the_source_root_is_not_a_package() -> None:
    """`platform/__init__.py` would hide the standard library's module of that name."""
    assert not (ROOT / "platform" / "__init__.py").exists()
    import platform

    assert Path(platform.__file__).parent != ROOT / "platform"


def test_only_one_module_knows_whoosh() -> None:
    knowing = {module.name for module in modules().values() if "whoosh" in imported_libraries(module)}
    assert knowing == {"yanxiu.search.engines.whoosh_engine"}


def imported_libraries(module: Module) -> set[str]:
    """The first names of all absolute imports."""
    names: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names
