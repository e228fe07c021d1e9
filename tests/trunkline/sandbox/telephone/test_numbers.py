"""Phone numbers of the account."""

from trunkline.sandbox.telephone.numbers import Number


def test_a_number_is_shown_as_by_twilio_and_can_be_changed() -> None:
    number = Number(phone_number="+15550100", voice_url="https://old/voice")
    number.update(
        {"VoiceUrl": "https://new/voice", "VoiceFallbackUrl": "https://new/fallback", "Unknown": "x"}
    )
    shown = number.as_json("AC1")
    assert shown["phone_number"] == shown["friendly_name"] == "+15550100"
    assert (shown["voice_url"], shown["voice_method"]) == ("https://new/voice", "POST")
    assert shown["voice_fallback_url"] == "https://new/fallback"
    assert shown["sid"].startswith("PN")
