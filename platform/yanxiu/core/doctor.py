"""Look an instance over: what is in order, what will soon not be, what is broken, and what to do about it."""

from __future__ import annotations

import enum
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, func, select, text

from yanxiu.core import audit
from yanxiu.core.audit_mark import lost_head, read_mark
from yanxiu.core.db import db
from yanxiu.core.housekeeping import orphan_keys
from yanxiu.core.storage import MIN_FREE_BYTES, MIN_FREE_SHARE, Storage, StoredFile
from yanxiu.core.tasks import FAILED, Job

BALLAST = "ballast"
BALLAST_BYTES = 64 * 1024**2


class Health(enum.Enum):
    """How one thing is."""

    GOOD = "正常"
    CARE = "注意"
    BAD = "故障"


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    health: Health
    subject: str
    words: str


def good(subject: str, words: str) -> Finding:
    """All is well with `subject`."""
    return Finding(Health.GOOD, subject, words)


def care(subject: str, words: str) -> Finding:
    """Works, but somebody should act; `words` say how."""
    return Finding(Health.CARE, subject, words)


def bad(subject: str, words: str) -> Finding:
    """Does not work; `words` say what to do."""
    return Finding(Health.BAD, subject, words)


# ---- disk ------------------------------------------------------------------------------------------------------------


def check_disk(instance: Path) -> Finding:
    """Uploads stop below 5 % or 2 GiB free, whichever is less; warn well before."""
    usage = shutil.disk_usage(instance)
    limit = min(MIN_FREE_BYTES, usage.total * MIN_FREE_SHARE)
    words = f"剩余 {usage.free / 1024**3:.1f} GiB，共 {usage.total / 1024**3:.1f} GiB"
    if usage.free < limit:
        return bad("磁盘", f"{words}：已停止接收上传。请清理或扩容；急用可先运行 yanxiu doctor --free")
    if usage.free < 2.5 * limit:
        return care("磁盘", f"{words}：请尽快清理或扩容")
    return good("磁盘", words)


def keep_ballast(instance: Path) -> Finding:
    """Hold some space in reserve, because on a full disk even deleting from the database fails."""
    path = instance / BALLAST
    if path.exists() and path.stat().st_size == BALLAST_BYTES:
        return good("备用空间", f"{BALLAST_BYTES // 1024**2} MiB")
    if shutil.disk_usage(instance).free < 4 * BALLAST_BYTES:
        return care("备用空间", "磁盘太满，暂时无法预留")
    try:
        with path.open("wb") as out:
            os.posix_fallocate(out.fileno(), 0, BALLAST_BYTES)
    except OSError:
        path.unlink(missing_ok=True)
        return care("备用空间", "这个磁盘无法预留空间")
    return good("备用空间", f"已预留 {BALLAST_BYTES // 1024**2} MiB")


def free_ballast(instance: Path) -> bool:
    """Give the reserve back; False if there was none."""
    path = instance / BALLAST
    existed = path.exists()
    path.unlink(missing_ok=True)
    return existed


# ---- database --------------------------------------------------------------------------------------------------------


def check_database(engine: Engine) -> Finding:
    """The database answers, and (SQLite) its pages are sound and its settings are ours."""
    subject = f"数据库（{engine.dialect.name}）"
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            version = connection.execute(text("SHOW server_version")).scalar_one()
            return good(subject, f"版本 {version}")
        verdict = connection.exec_driver_sql("PRAGMA quick_check").scalar_one()
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    if verdict != "ok":
        return bad(subject, f"数据页损坏：{verdict}。请从备份恢复")
    if broken is not None:
        return bad(subject, f"表 {broken[0]} 中有指向不存在记录的行")
    return good(subject, f"完整，日志方式 {mode}")


def check_revision(engine: Engine, head: str) -> Finding:
    """The tables are those of this version of the program."""
    with engine.connect() as connection:
        exists = engine.dialect.has_table(connection, "alembic_version")
        current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if exists else None
    if current == head:
        return good("数据表版本", head)
    return bad(
        "数据表版本", f"现在是 {current or '空库'}，程序需要 {head}：请重新运行 yanxiu serve，或 yanxiu db upgrade"
    )


def check_audit() -> Finding:
    """The audit log is the unbroken chain it was written as, up to the newest entry ever written down."""
    broken = audit.verify_audit()
    if broken is not None:
        return bad("审计记录", f"第 {broken} 条起与校验链不符：有人绕过程序改动过数据库")
    lost = lost_head()
    if lost is not None:
        return bad("审计记录", f"写下过第 {lost.entry_id} 条，数据库里却没有它：最新的记录被删过，或数据库换成了旧的")
    count = db.session.scalar(select(func.count()).select_from(audit.AuditEntry))
    if count and read_mark() is None:
        return care(
            "审计记录", f"{count} 条，校验链完整；没有找到末条标记，看不出最新的几条是否被删，有新记录后会重新写下"
        )
    return good("审计记录", f"{count} 条，校验链完整，末条与标记相符")


def check_jobs() -> Finding:
    """Background work has not been given up."""
    failed = db.session.scalar(select(func.count()).select_from(Job).where(Job.state == FAILED)) or 0
    if failed:
        return care("后台任务", f"{failed} 个任务多次尝试后仍失败，详情见任务表的 error 列")
    return good("后台任务", "没有失败的任务")


# ---- files -----------------------------------------------------------------------------------------------------------


def lost_files(storage: Storage) -> list[int]:
    """Return the ids of rows whose bytes are gone."""
    rows = db.session.execute(select(StoredFile.id, StoredFile.key)).all()
    present = set(storage.keys())
    return [file_id for file_id, key in rows if key not in present]


def check_files(storage: Storage) -> Finding:
    """Rows and bytes belong together."""
    lost = lost_files(storage)
    if lost:
        return bad("文件", f"{len(lost)} 个文件有记录而内容丢失（编号 {', '.join(map(str, lost[:5]))}…），请从备份取回")
    orphans = sum(1 for _ in orphan_keys(storage))
    count = db.session.scalar(select(func.count()).select_from(StoredFile))
    if orphans:
        return care("文件", f"{count} 个；另有 {orphans} 个无人引用，可运行 yanxiu doctor --sweep 清理")
    return good("文件", f"{count} 个，全部有内容，没有无人引用的")


# ---- programs --------------------------------------------------------------------------------------------------------


def check_office(path: str) -> Finding:
    """Office files are shown as pages by LibreOffice, where there is one."""
    if not path:
        return good("文档预览（LibreOffice）", "没有安装：Word 和 PPT 预览只有文字和图片，旧版 Office 文件没有预览")
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return care("文档预览（LibreOffice）", f"{path} 无法运行，预览只有文字和图片")
    return good("文档预览（LibreOffice）", " ".join(done.stdout.split()[:2]))


def check_ffmpeg(path: str) -> Finding:
    """Recordings are probed, cut and transcoded by ffmpeg."""
    try:
        done = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return bad("视频处理（ffmpeg）", f"{path} 无法运行，课堂实录不能转码")
    return good("视频处理（ffmpeg）", done.stdout.split("\n", 1)[0].removeprefix("ffmpeg version ").split(" ")[0])
