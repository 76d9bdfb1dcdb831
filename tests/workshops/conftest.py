import pytest

from tests.workshops.stage import Room


@pytest.fixture
def room(app, cast):
    return Room(app, cast)
