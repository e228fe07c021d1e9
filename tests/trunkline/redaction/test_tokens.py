"""Words, figures and amounts."""

import pytest

from trunkline.redaction.tokens import tokens


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It’s 4111-1111.", [("word", "it's"), ("figures", "4111"), ("figures", "1111")]),
        ("at 9:30 for $1,234.50", ["word", "amount", "word", "amount"]),
        ("the 3rd of 1,250", ["word", "ordinal", "word", "amount"]),
        ("20% off", ["amount", "word"]),
        ("", []),
    ],
)
def test_a_text_is_cut_into_tokens(text: str, found: list[object]) -> None:
    made = tokens(text)
    assert [
        (token.kind, token.text) if isinstance(found[0], tuple) else token.kind for token in made
    ] == found


def test_each_knows_its_place() -> None:
    text = "My card is 4111, right?"
    assert [text[token.start : token.end].lower() for token in tokens(text)] == [t.text for t in tokens(text)]
