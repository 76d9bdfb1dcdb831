"""Read the import graph of the package from its source, without running it.

Sees `import` and `from … import` wherever they stand (also inside functions and under TYPE_CHECKING), and
`importlib.import_module("…")` / `__import__("…")` with a literal name. A computed name is reported as DYNAMIC.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "platform"
DYNAMIC = "<computed at run time>"


@dataclass(frozen=True)
class Module:
    """One file of the package: `part` is core, web or a feature ("" for the files on top), `role` its kind."""

    name: str
    path: Path

    @property
    def part(self) -> str:
        return part_of(self.name)

    @property
    def role(self) -> str:
        return role_of(self.name)

    @property
    def tree(self) -> ast.Module:
        return parsed(self.path)

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))


@dataclass(frozen=True)
class Import:
    """`source` imports `target`, or the name `name` out of it, on `line`."""

    source: Module
    target: str
    name: str
    line: int

    def __str__(self) -> str:
        what = f"{self.target}.{self.name}" if self.name else self.target
        return f"{self.source}:{self.line} imports {what}"


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


@cache
def modules() -> dict[str, Module]:
    """Every module of the package by its dotted name; migrations are scripts, not part of the house."""
    found = {}
    for path in sorted((SOURCE / "yanxiu").rglob("*.py")):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        if not name.startswith("yanxiu.migrations"):
            found[name] = Module(name, path)
    return found


def part_of(name: str) -> str:
    """`yanxiu.workshops.services.threads` → `workshops`; `yanxiu.app` → ``."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and (SOURCE / "yanxiu" / parts[1]).is_dir() else ""


def role_of(name: str) -> str:
    """`yanxiu.workshops.services.threads` → `services`; `yanxiu.app` → `app`; a package itself → ``."""
    parts = name.split(".")
    position = 2 if part_of(name) else 1
    return parts[position] if len(parts) > position else ""


def imports_of(module: Module) -> Iterator[Import]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, alias.name, "", node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                known = inner in modules()
                yield Import(module, inner if known else base, "" if known else alias.name, node.lineno)
        elif isinstance(node, ast.Call) and _is_import_call(node.func):
            first = node.args[0] if node.args else None
            literal = isinstance(first, ast.Constant) and isinstance(first.value, str)
            yield Import(module, first.value if literal else DYNAMIC, "", node.lineno)


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.name.split(".")
    if module.path.name != "__init__.py":
        package = package[:-1]
    package = package[: len(package) - (node.level - 1)]
    return ".".join([*package, *([node.module] if node.module else [])])


def _is_import_call(function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute):
        return function.attr == "import_module"
    return isinstance(function, ast.Name) and function.id in ("__import__", "import_module")
