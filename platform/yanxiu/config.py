"""Configuration from the environment: `YANXIU_…` keys and `DATABASE_URL`. An unknown key refuses to start."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

PREFIX = "YANXIU_"
STATEMENTS = 2000
"""How many statements SQLAlchemy keeps compiled: the pages ask by more than its own 500."""
PREPARED = 500
"""How many statements a connection to SQLite keeps prepared; the library's own 128 are those of a few pages."""
FEWEST_CONNECTIONS = 2
"""Who looks at what somebody suggests in a lesson plan holds one while the thread that stores it writes on another."""
IGNORED = frozenset({"YANXIU_TEST_DATABASE_URL"})


class ConfigError(Exception):
    """The environment says something this program does not understand."""


def resource_dir() -> Path:
    """Return the folder that holds `templates/` and `static/`: the checkout, or the installed package's `_assets`."""
    package = Path(__file__).resolve().parent
    checkout = package.parent.parent
    return checkout if (checkout / "templates").is_dir() else package / "_assets"


@dataclass(frozen=True)
class Config:
    """All settings, with units in the names. Every field is set by `YANXIU_<FIELD>`."""

    instance: str = ""
    """Folder of database, uploads, index and secret key; default `instance/` of the checkout or the working folder."""
    database_url: str = ""
    """`DATABASE_URL`; empty = SQLite in the instance folder."""
    secret_key: str = ""
    redis_url: str = ""
    search: str = "local"
    """Where the index of search is: `local`, a folder of the instance, or `postgres`, in the database, where several
    processes and machines share it."""
    trusted_hosts: str = ""
    """Comma-separated host names that may be asked for; empty = any (a warning of `yanxiu doctor`)."""
    behind_proxy: bool = False
    secure_cookies: bool = False
    max_request_mb: int = 64
    upload_max_gb: int = 8
    upload_quota_gb: int = 50
    sendfile: str = "off"
    """`off`, `x-accel` or `x-sendfile`: who sends large files."""
    ffmpeg: str = ""
    """Path of the program that converts recordings; empty = the one that came with our packages."""
    office: str = ""
    """Path of LibreOffice, which shows office files as they are printed; empty = where it is installed, `off` = never."""
    rate_limits: bool = True
    smtp_host: str = ""
    """The mail server for digests; empty = no mail leaves."""
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_security: str = "none"
    """`none`, `starttls` or `tls`."""
    mail_from: str = ""
    """The sender of mails, e.g. `yanxiu@example.edu.cn`."""
    public_url: str = ""
    """Where people find this site, e.g. `https://yanxiu.example.edu.cn`: links in mails begin with it."""
    threads: int = 640
    """Threads of the embedded server: one for each open page with live lists, and some for requests."""
    database_connections: int = 60
    """Connections a process opens at most: each running request holds one, an open live list none. `FEWEST_CONNECTIONS` at least."""
    log_level: str = "INFO"

    @property
    def instance_path(self) -> Path:
        """The instance folder, absolute."""
        if self.instance:
            return Path(self.instance).absolute()
        root = resource_dir()
        return (root / "instance") if root.name != "_assets" else Path.cwd() / "instance"

    @property
    def engine_options(self) -> dict[str, Any]:
        """What SQLAlchemy is told: a few connections are kept, the others closed after use; statements stay compiled."""
        kept = min(10, self.database_connections)
        options: dict[str, Any] = {
            "pool_size": kept,
            "max_overflow": self.database_connections - kept,
            "pool_pre_ping": "postgresql" in self.sqlalchemy_url,
            "query_cache_size": STATEMENTS,
        }
        if self.sqlalchemy_url.startswith("sqlite"):
            options["connect_args"] = {"cached_statements": PREPARED}
        return options

    @property
    def uses_postgresql(self) -> bool:
        """Whether the database is one of PostgreSQL."""
        return self.sqlalchemy_url.startswith("postgresql")

    @property
    def index_is_not_shared(self) -> bool:
        """Whether several processes seem to serve one database while the index of search is a folder of this machine."""
        return self.search == "local" and self.uses_postgresql and bool(self.redis_url)

    @property
    def sqlalchemy_url(self) -> str:
        """The address of the database for SQLAlchemy."""
        url = self.database_url
        if not url:
            return f"sqlite:///{self.instance_path / 'yanxiu.db'}"
        for old in ("postgres://", "postgresql://"):
            if url.startswith(old):
                return "postgresql+psycopg://" + url.removeprefix(old)
        return url


def load_config(environ: Mapping[str, str] | None = None) -> Config:
    """Read the environment. ConfigError on an unknown `YANXIU_` key or a value of the wrong kind."""
    environ = os.environ if environ is None else environ
    known = {f"{PREFIX}{f.name.upper()}": f for f in fields(Config)}
    unknown = sorted(k for k in environ if k.startswith(PREFIX) and k not in known and k not in IGNORED)
    if unknown:
        raise ConfigError(f"unknown configuration: {', '.join(unknown)} (known: {', '.join(sorted(known))})")
    values = {f.name: _parse(key, environ[key], f.type) for key, f in known.items() if key in environ}
    if "DATABASE_URL" in environ and "database_url" not in values:
        values["database_url"] = environ["DATABASE_URL"]
    config = Config(**values)  # type: ignore[arg-type]
    if config.search not in ("local", "postgres"):
        raise ConfigError(f"YANXIU_SEARCH must be local or postgres, not {config.search!r}")
    if config.search == "postgres" and not config.uses_postgresql:
        raise ConfigError("YANXIU_SEARCH=postgres needs a DATABASE_URL of PostgreSQL")
    if config.database_connections < FEWEST_CONNECTIONS:
        raise ConfigError(
            f"YANXIU_DATABASE_CONNECTIONS must be {FEWEST_CONNECTIONS} or more, not {config.database_connections}:"
            " while one waits for a suggestion in a lesson plan to be stored, another one stores it"
        )
    return config


def _parse(key: str, text: str, kind: object) -> str | int | bool:
    if kind == "bool":
        if text.lower() in ("1", "true", "yes", "on"):
            return True
        if text.lower() in ("0", "false", "no", "off", ""):
            return False
        raise ConfigError(f"{key} must be 1 or 0, not {text!r}")
    if kind == "int":
        if not text.isdigit():
            raise ConfigError(f"{key} must be a whole number, not {text!r}")
        return int(text)
    return text


def flask_settings(config: Config) -> dict[str, Any]:
    """Translate our configuration into Flask's."""
    return {
        "YANXIU": config,
        "SECRET_KEY": secret_key_of(config),
        "SQLALCHEMY_DATABASE_URI": config.sqlalchemy_url,
        "SQLALCHEMY_ENGINE_OPTIONS": config.engine_options,
        "MAX_CONTENT_LENGTH": config.max_request_mb * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 4,
        "COMPRESS_STREAMS": False,
        "COMPRESS_MIMETYPES": [
            "text/html",
            "text/plain",
            "text/javascript",
            "application/json",
            "image/svg+xml",
            "application/x-yjs",  # a whole lesson plan for its editor
        ],
        "TRUSTED_HOSTS": [h.strip() for h in config.trusted_hosts.split(",") if h.strip()] or None,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=14),
        "SESSION_COOKIE_NAME": "yanxiu",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.secure_cookies,
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_I18N_ENABLED": False,
        "RATELIMIT_ENABLED": config.rate_limits,
        "RATELIMIT_STORAGE_URI": config.redis_url or "memory://",
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": bool(config.redis_url),  # each process counts alone while Redis is gone
    }


def secret_key_of(config: Config) -> str:
    """Return the configured secret, or the one kept in the instance folder, made once with mode 0600."""
    if config.secret_key:
        return config.secret_key
    path = config.instance_path / "secret_key"
    if not path.exists():
        _write_once(path, secrets.token_hex(32))
    return path.read_text().strip()


def _write_once(path: Path, text: str) -> None:
    """Make a private file, whole from the moment it is there; whoever came first stays."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
