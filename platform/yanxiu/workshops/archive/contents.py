"""The 目录: one page that opens in every browser without a network and links everything people read, and the same to print."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from yanxiu.core import clock
from yanxiu.core.pdf import PdfFile
from yanxiu.workshops.models import Workshop

Line = tuple[str, str, str | None, str, tuple[str, ...]]
"""Section, title, path, note, paths of other forms."""

_STYLE = (
    "body{font:16px/1.7 'Noto Sans SC','Microsoft YaHei',sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;"
    "color:#1f2a26}h1{font-size:1.6rem}h2{font-size:1.15rem;margin:2rem 0 .5rem;border-bottom:1px solid #cfd9d4}"
    "li{margin:.2rem 0}a{color:#0f6b52}small{color:#5f6b66;margin-left:.5rem}"
)


def contents_page(workshop: Workshop, lines: Sequence[Line], missing: Sequence[str]) -> str:
    """Draw the page."""
    made = clock.now().astimezone(clock.LOCAL_ZONE)
    body = "".join(_section(name, found) for name, found in _sections(lines).items())
    if missing:
        lost = "".join(f"<li>{escape(name)}</li>" for name in missing)
        body += f"<h2>没有找到的文件</h2><p>登记过，但服务器上已经没有内容：</p><ul>{lost}</ul>"
    about = _about(workshop)
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(workshop.name)}档案</title><style>{_STYLE}</style></head><body><h1>{escape(workshop.name)}档案</h1>"
        f"<p>{escape(about)}</p><p>{escape(workshop.theme)}</p><p><small>导出于 {made:%Y-%m-%d %H:%M}。"
        f"“数据”文件夹供系统读回，请不要改动。</small></p>{body}</body></html>"
    )


def write_contents(pdf: PdfFile, workshop: Workshop, lines: Sequence[Line], missing: Sequence[str]) -> None:
    """Write the same as PDF, each title with the place of its file."""
    pdf.title(f"{workshop.name}档案")
    pdf.paragraph(_about(workshop))
    for name, found in _sections(lines).items():
        pdf.heading(name, 2)
        for _name, title, path, note, also in found:
            where = "、".join(each for each in (path, *also) if each)
            pdf.link(title, "　".join(part for part in (note, where) if part))
    if missing:
        pdf.heading("没有找到的文件", 2)
        for name in missing:
            pdf.link(name)


def _about(workshop: Workshop) -> str:
    return f"{workshop.organization.name}　{workshop.stage}{workshop.subject}　{workshop.term}"


def _sections(lines: Sequence[Line]) -> dict[str, list[Line]]:
    sections: dict[str, list[Line]] = {}
    for line in lines:
        sections.setdefault(line[0], []).append(line)
    return sections


def _section(name: str, lines: Sequence[Line]) -> str:
    return f"<h2>{escape(name)}</h2><ul>{''.join(_line(*line) for line in lines)}</ul>"


def _line(_section_name: str, title: str, path: str | None, note: str, also: tuple[str, ...]) -> str:
    words = escape(title) if path is None else f'<a href="{quote(path)}">{escape(title)}</a>'
    for number, other in enumerate(also, start=1):
        words += f' <a href="{quote(other)}">PDF{f" 第{number}册" if len(also) > 1 else ""}</a>'
    return f"<li>{words}{f'<small>{escape(note)}</small>' if note else ''}</li>"
