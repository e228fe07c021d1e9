"""Public URLs are reached where they are served, byte for byte."""

import pytest

from trunkline.sandbox.telephone.reach import Reach

BEHIND = Reach({"https://agent.example": "http://127.0.0.1:8080/"})


def test_a_url_is_left_as_it_is() -> None:
    url, headers = Reach().find("http://LocalHost:99/a%20b?x=%41&y=")
    assert str(url) == "http://LocalHost:99/a%20b?x=%41&y="
    assert headers == {"Host": "LocalHost:99"}


def test_a_public_origin_is_served_elsewhere_under_its_own_name() -> None:
    url, headers = BEHIND.find("https://agent.example/twilio/voice?x=%41")
    assert str(url) == "http://127.0.0.1:8080/twilio/voice?x=%41"
    assert headers == {"Host": "agent.example", "X-Forwarded-Proto": "https"}


def test_a_public_media_stream_too() -> None:
    url, headers = BEHIND.find("wss://agent.example/twilio/media")
    assert str(url) == "ws://127.0.0.1:8080/twilio/media"
    assert headers == {"Host": "agent.example", "X-Forwarded-Proto": "https"}


def test_another_origin_is_not_concerned() -> None:
    assert str(BEHIND.find("https://agent.example:444/")[0]) == "https://agent.example:444/"


def test_a_relative_url_leads_nowhere() -> None:
    with pytest.raises(ValueError, match="absolute"):
        BEHIND.find("/twilio/voice")
