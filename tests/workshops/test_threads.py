"""Topics and posts: services and queries on a real database."""

import uuid

import pytest
from sqlalchemy import select

from tests.support.workshops import make_post, make_topic, make_workshop, opener
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops import events
from yanxiu.workshops.models import Post, PostEdit, PostLike, PostMention
from yanxiu.workshops.queries import threads
from yanxiu.workshops.queries.teams import membership_of, my_workshops
from yanxiu.workshops.services import posts, topics

pytestmark = pytest.mark.usefixtures("ctx")


@pytest.fixture
def room(cast, ctx):
    """A workshop with a topic, its people by key."""

    class Room:
        people = {key: cast.user(key) for key in cast.people}

    with unit_of_work():
        Room.workshop = make_workshop(Room.people["leader"], [Room.people["teacher"], Room.people["colleague"]])
        Room.topic = make_topic(Room.people["leader"], Room.workshop)
    return Room


def test_the_text_of_a_topic_is_its_first_post(room):
    assert opener(room.topic).number == 1
    assert room.topic.excerpt == "请各位谈谈。"
    assert room.topic.replies_count == 0


def test_posts_are_numbered_and_raise_both_lists(room):
    with unit_of_work():
        before = current_seq(f"workshop:{room.workshop.id}")
        post = make_post(room.people["teacher"], room.topic)
    assert post.number == 2
    assert (room.topic.last_number, room.topic.replies_count) == (2, 1)
    assert post.seq == current_seq(f"topic:{room.topic.id}")
    assert room.topic.seq == current_seq(f"workshop:{room.workshop.id}") == before + 1
    assert room.topic.last_poster_id == room.people["teacher"].id


def test_the_same_form_sent_twice_makes_one_post(room):
    mark = str(uuid.uuid4())
    with unit_of_work():
        first = make_post(room.people["teacher"], room.topic, client_uuid=mark)
    with unit_of_work() as uow:
        assert make_post(room.people["teacher"], room.topic, client_uuid=mark.upper()).id == first.id
        assert uow.events == []
    assert room.topic.replies_count == 1


def test_two_people_may_happen_to_carry_one_identifier(room):
    mark = str(uuid.uuid4())
    with unit_of_work():
        first = make_post(room.people["teacher"], room.topic, client_uuid=mark)
        second = make_post(room.people["colleague"], room.topic, client_uuid=mark)
    assert first.id != second.id


def test_other_words_under_a_known_identifier_are_never_swallowed(room):
    mark, teacher = str(uuid.uuid4()), room.people["teacher"]
    with unit_of_work():
        other = make_topic(room.people["leader"], room.workshop, "另一个话题")
        made = [
            make_post(teacher, room.topic, "<p>先这样写</p>", client_uuid=mark),
            make_post(teacher, room.topic, "<p>改了再发</p>", client_uuid=mark),
            make_post(teacher, other, "<p>先这样写</p>", client_uuid=mark),
        ]
    assert len({post.id for post in made}) == 3


def test_a_late_repeat_finds_its_post_even_after_an_edit(room):
    mark, teacher = str(uuid.uuid4()), room.people["teacher"]
    with unit_of_work():
        post = make_post(teacher, room.topic, "<p>先这样写</p>", client_uuid=mark)
        posts.edit_post(teacher, post, "<p>后来改过</p>")
        assert make_post(teacher, room.topic, "<p>先这样写</p>", client_uuid=mark).id == post.id


def test_the_same_topic_form_sent_twice_makes_one_topic(room):
    mark = str(uuid.uuid4())
    with unit_of_work():
        made = [
            topics.publish_topic(room.people["leader"], room.workshop, "板书", "<p>选哪个</p>", client_uuid=mark).id
            for _ in range(2)
        ]
    assert made[0] == made[1]


@pytest.mark.parametrize("html", ["", "   ", "<p></p>", "<p>&nbsp;</p>", "<script>alert(1)</script>", "\x00\u202e"])
def test_nothing_is_not_published(room, html):
    with unit_of_work(), pytest.raises(InvalidError, match="写点内容"):
        make_post(room.people["teacher"], room.topic, html)


def test_too_much_is_not_published(room):
    with unit_of_work(), pytest.raises(InvalidError, match="字以内"):
        make_post(room.people["teacher"], room.topic, f"<p>{'长' * (posts.MAX_TEXT + 1)}</p>")


def test_hostile_html_is_kept_without_its_teeth(room):
    with unit_of_work():
        post = make_post(
            room.people["teacher"],
            room.topic,
            '<p onclick="x()">好<img src="javascript:1" onerror="x()"><a href="data:text/html,1">点</a></p><iframe></iframe>',
        )
    for word in ("onclick", "onerror", "javascript", "data:text", "iframe"):
        assert word not in post.html


def test_an_answer_to_an_answer_stands_beside_it(room):
    with unit_of_work():
        first = make_post(room.people["teacher"], room.topic)
        second = make_post(room.people["leader"], room.topic, parent=first)
        third = make_post(room.people["colleague"], room.topic, parent=second)
    assert (second.parent_id, third.parent_id) == (first.id, first.id)
    page = threads.threads_page(room.topic.id)
    assert [[answer.id for answer in thread.answers] for thread in page.items] == [[second.id, third.id]]


def test_of_two_names_that_begin_alike_the_longer_one_is_meant(room):
    with unit_of_work() as uow:
        room.people["colleague"].name = "王丽丽"
        make_post(room.people["teacher"], room.topic, "<p>请@王丽丽 看看</p>")
        told = [event.user_id for event in uow.events if isinstance(event, events.PersonMentioned)]
        assert told == [room.people["colleague"].id]
        make_post(room.people["teacher"], room.topic, "<p>请@王丽看看，@王丽丽也看看</p>")
        told = [event.user_id for event in uow.events if isinstance(event, events.PersonMentioned)]
    assert sorted(told[1:]) == sorted([room.people["colleague"].id, room.people["leader"].id])


def test_publishing_tells_whose_words_were_answered(room):
    with unit_of_work() as uow:
        first = make_post(room.people["teacher"], room.topic)
        make_post(room.people["colleague"], room.topic, parent=first, quote=opener(room.topic))
        told = [event for event in uow.events if isinstance(event, events.PostPublished)]
    assert told[-1].answered_ids == tuple(sorted([room.people["teacher"].id, room.people["leader"].id]))


def test_members_are_mentioned_once_by_mark_or_by_name_and_strangers_never(room):
    people = room.people
    html = (
        f'<p><span data-mention="{people["colleague"].id}">@周敏</span> @王丽 @赵磊 '
        f'<span data-mention="{people["outsider"].id}">@赵磊</span> @李强</p>'
    )
    with unit_of_work() as uow:
        post = make_post(people["teacher"], room.topic, html)
        posts.edit_post(people["teacher"], post, html + "<p>补充</p>")
        told = [event.user_id for event in uow.events if isinstance(event, events.PersonMentioned)]
    assert sorted(told) == sorted([people["colleague"].id, people["leader"].id])
    kept = db.session.scalars(select(PostMention.user_id).where(PostMention.post_id == post.id))
    assert sorted(kept) == sorted(told)


def test_editing_keeps_what_was_said_and_the_same_text_changes_nothing(room):
    with unit_of_work():
        post = make_post(room.people["teacher"], room.topic, "<p>原来的话</p>")
        posts.edit_post(room.people["teacher"], post, "<p>原来的话</p>")
        assert post.edited_at is None
        posts.edit_post(room.people["teacher"], post, "<p>改过的话</p>")
    assert post.text == "改过的话"
    assert post.edited_at is not None
    assert [edit.html for edit in threads.edits_of(post.id)] == ["<p>原来的话</p>"]


def test_a_withdrawn_post_can_be_put_back(room):
    with unit_of_work():
        post = make_post(room.people["teacher"], room.topic)
        posts.withdraw_post(room.people["teacher"], post)
        posts.withdraw_post(room.people["teacher"], post)
        assert room.topic.replies_count == 0
        with pytest.raises(ConflictError, match="撤回"):
            make_post(room.people["colleague"], room.topic, parent=post)
        posts.restore_post(room.people["teacher"], post)
        posts.restore_post(room.people["teacher"], post)
    assert room.topic.replies_count == 1
    assert post.withdrawn_at is None


def test_a_thumb_counts_once_however_often_it_is_given(room):
    with unit_of_work() as uow:
        post = make_post(room.people["teacher"], room.topic)
        for _ in range(3):
            posts.like_post(room.people["leader"], post)
        posts.like_post(room.people["colleague"], post)
        told = [event for event in uow.events if isinstance(event, events.PostLiked)]
    assert (post.likes_count, len(told)) == (2, 2)
    with unit_of_work():
        for _ in range(2):
            posts.unlike_post(room.people["leader"], post)
    assert post.likes_count == 1
    assert db.session.scalars(select(PostLike.user_id)).all() == [room.people["colleague"].id]


def test_at_most_five_topics_are_pinned(room):
    with unit_of_work():
        for number in range(topics.MAX_PINNED):
            topic = make_topic(room.people["leader"], room.workshop, f"公告{number}")
            topics.pin_topic(room.people["leader"], topic, opener(topic), pinned=True)
        with pytest.raises(ConflictError, match="最多置顶"):
            topics.pin_topic(room.people["leader"], room.topic, opener(room.topic), pinned=True)


def test_catching_up_brings_what_changed_and_nothing_else(room):
    with unit_of_work():
        quiet = make_post(room.people["teacher"], room.topic)
        busy = make_post(room.people["colleague"], room.topic)
        since = current_seq(f"topic:{room.topic.id}")
        answer = make_post(room.people["leader"], room.topic, parent=busy)
    found = threads.threads_since(room.topic.id, since)
    assert found.threads == []
    assert [post.id for post in found.answers] == [answer.id]
    assert found.opener is None
    assert found.seq is None
    with unit_of_work():
        posts.like_post(room.people["leader"], quiet)
        topics.lock_topic(room.people["leader"], room.topic, opener(room.topic), locked=True)
    found = threads.threads_since(room.topic.id, answer.seq)
    assert [thread.post.id for thread in found.threads] == [quiet.id]
    assert found.opener is not None
    assert found.answers == []


def test_a_thread_shows_its_first_answers_and_says_how_many_more_there_are(room):
    with unit_of_work():
        root, quiet = make_post(room.people["teacher"], room.topic), make_post(room.people["leader"], room.topic)
        made = [make_post(room.people["colleague"], room.topic, parent=root).id for _ in range(9)]
    first, second = threads.threads_page(room.topic.id).items
    assert ([post.id for post in first.answers], first.more) == (made[:5], 4)
    assert (second.post.id, second.answers, second.more) == (quiet.id, [], 0)
    whole = threads.threads_page(room.topic.id, opened=root.number).items[0]
    assert ([post.id for post in whole.answers], whole.more) == (made, 0)
    page = threads.answers_page(room.topic.id, root.id, size=6)
    rest = threads.answers_page(room.topic.id, root.id, page.next_cursor, size=6)
    assert [post.id for post in (*page.items, *rest.items)] == made


def test_thumbs_are_named_by_the_first_and_the_viewer_is_found_among_all(room, monkeypatch):
    monkeypatch.setattr(threads, "NAMES_SHOWN", 2)
    with unit_of_work():
        post, other = make_post(room.people["teacher"], room.topic), make_post(room.people["teacher"], room.topic)
        for key in ("leader", "colleague", "teacher"):
            posts.like_post(room.people[key], post)
    found = threads.thumbs_of([post, other], room.people["teacher"].id)
    assert found == {post.id: threads.Thumbs(("王丽", "周敏"), mine=True)}
    assert not threads.thumbs_of([post], room.people["outsider"].id)[post.id].mine


def test_a_deleted_topic_comes_back_with_its_answers(room):
    with unit_of_work() as uow:
        make_post(room.people["teacher"], room.topic)
        topics.delete_topic(room.people["leader"], room.topic)
        assert threads.find_topic(room.workshop.id, room.topic.id) is None
        topics.restore_topic(room.people["leader"], room.topic)
        topics.restore_topic(room.people["leader"], room.topic)
        told = [event for event in uow.events if isinstance(event, events.TopicRestored)]
    assert len(told) == 1
    assert room.topic.deleted_by_id is None
    assert threads.find_topic(room.workshop.id, room.topic.id) is not None


def test_a_topic_that_comes_back_is_no_sixth_announcement(room):
    leader = room.people["leader"]
    with unit_of_work():
        topics.pin_topic(leader, room.topic, opener(room.topic), pinned=True)
        topics.delete_topic(leader, room.topic)
        for number in range(topics.MAX_PINNED):
            topic = make_topic(leader, room.workshop, f"公告{number}")
            topics.pin_topic(leader, topic, opener(topic), pinned=True)
        topics.restore_topic(leader, room.topic)
    assert room.topic.pinned_at is None


def test_saving_a_topic_as_it_was_changes_neither_list(room):
    leader, first = room.people["leader"], opener(room.topic)
    lists = (f"topic:{room.topic.id}", f"workshop:{room.workshop.id}")
    before = [current_seq(name) for name in lists]
    with unit_of_work() as uow:
        topics.edit_topic(leader, room.topic, first, f" {room.topic.title} ", first.html)
        assert uow.events == []
    assert [current_seq(name) for name in lists] == before
    with unit_of_work():
        topics.edit_topic(leader, room.topic, first, "换个题目", first.html)
    assert all(current_seq(name) > seq for name, seq in zip(lists, before, strict=True))


def test_catching_up_says_how_far_it_reached_when_there_is_more(room, monkeypatch):
    monkeypatch.setattr(threads, "CATCH_UP_LIMIT", 2)
    with unit_of_work():
        made = [make_post(room.people["teacher"], room.topic) for _ in range(3)]
    assert threads.threads_since(room.topic.id, 1).seq == made[1].seq


def test_paging_shows_every_thread_once_in_both_orders(room):
    with unit_of_work():
        made = [make_post(room.people["teacher"], room.topic).id for _ in range(7)]
    for newest_first in (False, True):
        seen, cursor = [], None
        while True:
            page = threads.threads_page(room.topic.id, newest_first=newest_first, cursor=cursor, size=3)
            seen += [thread.post.id for thread in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert seen == (made[::-1] if newest_first else made)


def test_who_spoke_is_listed_to_the_last_in_the_order_of_their_first_words(room):
    with unit_of_work():
        made = [make_post(room.people[key], room.topic) for key in ("colleague", "teacher", "colleague")]
        posts.withdraw_post(room.people["colleague"], made[0])
    first = threads.voices_of(room.topic.id, size=2)
    rest = threads.voices_of(room.topic.id, first.next_cursor, size=2)
    wanted = [room.people[key].id for key in ("leader", "teacher", "colleague")]
    assert [user.id for user in (*first.items, *rest.items)] == wanted
    assert rest.next_cursor is None
    assert threads.count_voices(room.topic.id) == 3


def test_reading_marks_go_forward_only_and_ones_own_answer_skips_nothing(room, cast):
    teacher, colleague = room.people["teacher"], room.people["colleague"]
    with unit_of_work():
        posts.mark_seen(teacher.id, room.topic, 1)
        make_post(colleague, room.topic)
        make_post(teacher, room.topic)
    assert threads.seen_numbers(teacher.id, [room.topic.id]) == {room.topic.id: 1}
    with unit_of_work():
        posts.mark_seen(teacher.id, room.topic, 99)
        posts.mark_seen(teacher.id, room.topic, 2)
        make_post(teacher, room.topic)
    assert threads.seen_numbers(teacher.id, [room.topic.id]) == {room.topic.id: 4}
    assert threads.seen_numbers(colleague.id, [room.topic.id]) == {}


def test_the_first_unread_post_is_found_inside_its_thread(room):
    with unit_of_work():
        root = make_post(room.people["teacher"], room.topic)
        make_post(room.people["colleague"], room.topic)
        answer = make_post(room.people["leader"], room.topic, parent=root)
    assert threads.first_unread(room.topic.id, 3, room.people["teacher"].id) == (answer.id, root.number)
    assert threads.first_unread(room.topic.id, 4, room.people["teacher"].id) is None


def test_a_topic_that_was_quiet_before_one_joined_is_not_news(room, cast):
    from yanxiu.workshops.services.membership import add_member

    with unit_of_work():
        member = add_member(room.workshop, cast.villager.id, how="invitation")
    viewer = cast.viewer("villager")
    assert threads.unread_counts([room.topic], {}, member) == {room.topic.id: 0}
    assert [row.unread_topics for row in my_workshops(viewer)] == [0]
    with unit_of_work():
        make_post(room.people["teacher"], room.topic)
    member = membership_of(room.workshop.id, cast.villager.id)
    assert threads.unread_counts([room.topic], {}, member) == {room.topic.id: 2}
    assert [row.unread_topics for row in my_workshops(viewer)] == [1]
    assert [row.topic.id for row in threads.topics_with_news(cast.villager.id)] == [room.topic.id]
    with unit_of_work():
        posts.mark_all_seen(cast.villager.id, room.workshop.id)
    assert [row.unread_topics for row in my_workshops(viewer)] == [0]
    assert threads.topics_with_news(cast.villager.id) == []


def test_what_is_deleted_is_gone_from_every_list(room):
    with unit_of_work():
        topics.delete_topic(room.people["leader"], room.topic)
    assert threads.topics_page(room.workshop.id).items == []
    assert threads.find_topic(room.workshop.id, room.topic.id) is None
    assert [topic.id for topic in threads.topics_since(room.workshop.id, 0)] == [room.topic.id]


def test_history_is_written_by_nobody_but_the_editor(room):
    with unit_of_work():
        post = make_post(room.people["teacher"], room.topic, "<p>一</p>")
        posts.edit_post(room.people["teacher"], post, "<p>二</p>")
    assert db.session.scalars(select(PostEdit.editor_id)).all() == [room.people["teacher"].id]
    assert db.session.scalar(select(Post.html).where(Post.id == post.id)) == "<p>二</p>"
