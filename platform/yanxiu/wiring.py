"""Who takes part: explicit lists of features, reactions, jobs, live rooms, page slots and search sources."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import ModuleType

from flask import Flask

from yanxiu.accounts import indexing as accounts_indexing
from yanxiu.accounts import subscribers as accounts_subscribers
from yanxiu.accounts import views as accounts_views
from yanxiu.admin import views as admin_views
from yanxiu.config import Config
from yanxiu.core import events, file_text, housekeeping, search_queue, tasks
from yanxiu.core.ffmpeg import use_ffmpeg
from yanxiu.core.live import Changed
from yanxiu.core.office import use_office
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.home import views as home_views
from yanxiu.lessonplans import archive as lessonplans_archive
from yanxiu.lessonplans import indexing as lessonplans_indexing
from yanxiu.lessonplans import sockets as lessonplans_sockets
from yanxiu.lessonplans import subscribers as lessonplans_subscribers
from yanxiu.lessonplans import views as lessonplans_views
from yanxiu.lessonplans import word_import as lessonplans_word_import
from yanxiu.lessonplans import word_layouts as lessonplans_word_layouts
from yanxiu.lessonplans.queries import books as plan_books
from yanxiu.lessonplans.queries import excellent as lessonplans_excellent
from yanxiu.lessonplans.queries import lessons as plan_lessons
from yanxiu.lessonplans.queries.originals import register_original_finder
from yanxiu.notifications import sockets as notifications_sockets
from yanxiu.notifications import subscribers as notifications_subscribers
from yanxiu.notifications import views as notifications_views
from yanxiu.notifications.digests import schedule_digests
from yanxiu.notifications.mailing import Mailing, use_mailing
from yanxiu.observations import archive as observations_archive
from yanxiu.observations import indexing as observations_indexing
from yanxiu.observations import sockets as observations_sockets
from yanxiu.observations import subscribers as observations_subscribers
from yanxiu.observations import views as observations_views
from yanxiu.observations.lean_job import schedule_lean
from yanxiu.observations.queries.plan_lessons import LESSON_SOURCE
from yanxiu.observations.services.rubrics import install_shipped_rubrics
from yanxiu.resources import archive as resources_archive
from yanxiu.resources import indexing as resources_indexing
from yanxiu.resources import sockets as resources_sockets
from yanxiu.resources import subscribers as resources_subscribers
from yanxiu.resources import views as resources_views
from yanxiu.resources.extraction.sandbox import examined
from yanxiu.resources.extraction.texts import text_at
from yanxiu.resources.originals import find_original
from yanxiu.resources.queries import textbooks
from yanxiu.resources.services.equipping import queue_counties
from yanxiu.search import subscribers as search_subscribers
from yanxiu.search import views as search_views
from yanxiu.search.telling import schedule_looks
from yanxiu.web.live import broadcast_change, init_live, notices
from yanxiu.web.slots import init_slots
from yanxiu.web.sockets import register_events
from yanxiu.workshops import indexing as workshops_indexing
from yanxiu.workshops import signing as workshops_signing
from yanxiu.workshops import sockets as workshops_sockets
from yanxiu.workshops import subscribers as workshops_subscribers
from yanxiu.workshops import views as workshops_views
from yanxiu.workshops.archive import jobs as workshops_archiving
from yanxiu.workshops.archive import part as workshops_archive
from yanxiu.workshops.queries import (
    activity_photos,
    archive_parts,
    bulletin_plans,
    own_targets,
    plan_targets,
    record_pictures,
)

MIGRATIONS = str(Path(__file__).resolve().parent / "migrations")

VIEWS: tuple[ModuleType, ...] = (
    home_views,
    accounts_views,
    workshops_views,
    lessonplans_views,
    observations_views,
    resources_views,
    search_views,
    notifications_views,
    admin_views,
)
SOCKETS: tuple[ModuleType, ...] = (
    workshops_sockets,
    lessonplans_sockets,
    observations_sockets,
    resources_sockets,
    notifications_sockets,
)
SUBSCRIBERS: tuple[ModuleType, ...] = (
    accounts_subscribers,
    workshops_subscribers,
    workshops_archiving,
    workshops_signing,
    lessonplans_subscribers,
    observations_subscribers,
    resources_subscribers,
    notifications_subscribers,
    search_subscribers,
)
INDEXING: tuple[ModuleType, ...] = (
    accounts_indexing,
    workshops_indexing,
    lessonplans_indexing,
    observations_indexing,
    resources_indexing,
)

TOLD_TOGETHER = (("lesson", "comment"), ("user", "notification"))
"""Changes of live lists that come fast where many talk at once, and of which no page needs the id (`web.notices`)."""

PLAN_TARGETS: tuple[plan_targets.PlanTarget, ...] = (
    *own_targets.PLAN_TARGETS,
    *lessonplans_views.PLAN_TARGETS,
    *observations_views.PLAN_TARGETS,
    *resources_views.PLAN_TARGETS,
)

ARCHIVE_PARTS: tuple[archive_parts.ArchivePart, ...] = (
    *workshops_archive.ARCHIVE_PARTS,
    *lessonplans_archive.ARCHIVE_PARTS,
    *observations_archive.ARCHIVE_PARTS,
    *resources_archive.ARCHIVE_PARTS,
)


def before_work() -> None:
    """What a worker that starts does first: see to what a killed process left undone; inside an application context."""
    with unit_of_work():
        lessonplans_subscribers.schedule_catch_up()
        workshops_subscribers.schedule_reminders()
        schedule_digests()
        schedule_looks()
        install_shipped_rubrics()
        queue_counties()
        schedule_lean()


def mailing_of(config: Config) -> Mailing | None:
    """Return how mails leave; all that a mail needs must be set."""
    if not (config.smtp_host and config.mail_from and config.public_url):
        return None
    login = (config.smtp_user, config.smtp_password, config.smtp_security)
    return Mailing(config.smtp_host, config.smtp_port, *login, config.mail_from, config.public_url.rstrip("/"))


def wire(app: Flask) -> None:
    """Bind every feature to the application."""
    for module in VIEWS:
        for blueprint in module.blueprints:
            app.register_blueprint(blueprint)
    events.subscribe([events.Subscription(Changed, broadcast_change, events.Moment.AFTER_COMMIT)])
    for module in SUBSCRIBERS:
        events.subscribe(module.SUBSCRIPTIONS)
        tasks.register_jobs(module.JOBS)
    expiries = (housekeeping.Expiry(tasks.Job, tasks.is_over), *accounts_subscribers.EXPIRIES)
    chores = (lessonplans_subscribers.CHORES, workshops_archiving.CHORES, resources_subscribers.CHORES)
    housekeeping.set_expiries(expiries, [chore for each in chores for chore in each])
    search_queue.register_sources(
        (source for module in INDEXING for source in module.SOURCES),
        (principals for module in INDEXING for principals in module.PRINCIPALS),
    )
    rooms = {prefix: may for module in SOCKETS for prefix, may in module.LIVE_ROOMS.items()}
    init_live(app, rooms, workshops_sockets.ROUNDS)
    notices.gather(TOLD_TOGETHER)
    for module in SOCKETS:
        register_events(module.EVENTS)
    lessonplans_sockets.init_documents(app)
    use_ffmpeg(app.config["YANXIU"].ffmpeg)
    use_office(app.config["YANXIU"].office)
    use_mailing(mailing_of(app.config["YANXIU"]))
    file_text.register_file_reader(text_at)
    plan_targets.register_plan_targets(PLAN_TARGETS)
    archive_parts.register_archive_parts(ARCHIVE_PARTS)
    bulletin_plans.register_plan_source(lessonplans_excellent.excellent_plans)
    activity_photos.register_record_images(lessonplans_excellent.record_images)
    record_pictures.use_record_pictures(lessonplans_archive.pictures_of_record)
    lessonplans_word_import.use_word_reader(partial(examined, "blocks", ".docx"))
    lessonplans_word_layouts.use_layout_reader(examined)
    plan_lessons.register_lesson_source(LESSON_SOURCE)
    plan_books.register_book_source(plan_books.BookSource(textbooks.book_names, textbooks.is_book_name))
    register_original_finder(find_original)
    init_slots(app, [filled for module in VIEWS for filled in (module.SLOTS, *getattr(module, "MORE_SLOTS", ()))])
