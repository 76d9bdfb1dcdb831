"""How moments, sizes and durations read in Chinese."""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask
from markupsafe import Markup

from yanxiu.core import clock
from yanxiu.core.html import clean_html, excerpt, html_from_text, text_of


def when(moment: datetime | None) -> str:
    """Return 今天 14:02, 昨天 09:30, 3月15日 or 2025年3月15日, in Asia/Shanghai."""
    if moment is None:
        return ""
    local = moment.astimezone(clock.LOCAL_ZONE)
    days = (clock.today() - local.date()).days
    if days == 0:
        return f"今天 {local:%H:%M}"
    if days == 1:
        return f"昨天 {local:%H:%M}"
    if days == -1:
        return f"明天 {local:%H:%M}"
    return day(local.date())


def day(value: date | datetime | None) -> str:
    """Return 3月15日, with the year unless it is this year."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(clock.LOCAL_ZONE).date()
    short = f"{value.month}月{value.day}日"
    return short if value.year == clock.today().year else f"{value.year}年{short}"


def full_moment(moment: datetime) -> str:
    """Return 2026年3月15日 14:02."""
    local = moment.astimezone(clock.LOCAL_ZONE)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def filesize(size: int | None) -> str:
    """Return 812 B, 3.4 KB, 12 MB or 1.2 GB."""
    value = float(size or 0)
    for unit in ("B", "KB", "MB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 10 else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} GB"


def safe_html(html: str | None) -> Markup:
    """Return stored HTML for output, cleaned once more."""
    return Markup(clean_html(html or ""))


def text_html(text: str | None) -> Markup:
    """Return plain text as paragraphs."""
    return Markup(clean_html(html_from_text(text or "")))


def init_filters(app: Flask) -> None:
    """Add the filters to Jinja."""
    app.jinja_env.filters.update(
        when=when,
        day=day,
        full_moment=full_moment,
        filesize=filesize,
        clock=clock.media_clock,
        safe_html=safe_html,
        text_of=text_of,
        text_html=text_html,
        excerpt=excerpt,
    )
