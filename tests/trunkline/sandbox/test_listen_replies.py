"""Configure, schema errors, and the farewell."""

from multidict import MultiDict

from trunkline.sandbox.listen_query import ListenQuery, parse
from trunkline.sandbox.listen_replies import configure, metadata, schema_error


def asked(model: str = "nova-3") -> ListenQuery:
    return parse(MultiDict({"model": model, "encoding": "mulaw", "sample_rate": "8000"}))


def test_another_list_of_keyterms() -> None:
    order = {"type": "Configure", "keyterms": ["Acme"]}
    assert configure(order, asked(), "id") == {
        "type": "ConfigureSuccess",
        "request_id": "id",
        "keyterms": ["Acme"],
    }
    assert (
        configure({"type": "Configure", "keyterms": []}, asked("nova-2"), "id")["type"] == "ConfigureSuccess"
    )


def test_what_cannot_be_configured() -> None:
    refused = {
        "CONFIGURE_KEYTERMS_NOT_SUPPORTED": (["Acme"], "nova-2"),
        "CONFIGURE_KEYTERM_LIMIT_EXCEEDED": (["word"] * 501, "nova-3"),
        "CONFIGURE_INTERNAL_ERROR": ("Acme", "nova-3"),
    }
    for code, (keyterms, model) in refused.items():
        answer = configure({"keyterms": keyterms}, asked(model), "id")
        assert answer["type"] == "ConfigureFailure"
        assert answer["code"] == code


def test_the_offending_text_is_sent_back() -> None:
    assert schema_error("nonsense")["message"] == "nonsense"
    assert schema_error("nonsense")["variant"] == "SchemaError"


def test_the_farewell_says_how_much_was_heard() -> None:
    assert metadata(asked(), "id", 1.23456)["duration"] == 1.235
