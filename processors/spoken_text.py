"""Text as a voice should say it: the words that a language model wrote, without its typography."""

import re

_PICTURES = "\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\U0001f000-\U0001faff"
_TAGS = "b|i|u|p|em|strong|small|code|pre|br|hr|ul|ol|li|div|span"

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # Order matters: a line's frame, then what has brackets, then what stands at the edge of words.
    (re.compile(r"^(?:```|~~~) ?[\w+-]*$"), ""),  # the fence of a code block, with its language
    (re.compile(r"^\| ?| ?\|$"), ""),  # the edges of a table's row, then its cells
    (re.compile(r" \| ?|\| "), ", "),
    (re.compile(r"\|"), ","),
    (re.compile(r"^(?:(?:>|#{1,6}(?= )|[-*+•◦▪‣·–—](?= )|\[[ xX]?\](?= )) ?)+"), ""),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
    (re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?: [^()]*)?\)"), r"\1"),  # a link or an image: its words
    (re.compile(r"\]\(\S*\)|\[(?=[^\]]*$)"), ""),  # the halves of a link in which a unit ended
    (re.compile(rf"</?(?:{_TAGS})\b[^<>]*>", re.IGNORECASE), " "),
    (re.compile(r"<?\bhttps?://(?:www\.)?([^\s<>]*)>?"), r"\1"),
    (re.compile(r"`+|~~+"), ""),
    # Emphasis touches a word on one side only; the stars of 5 * 3 and 2*3 and the bars of snake_case do not.
    (re.compile(r"(?<!\w)\*+(?=[^\s.,;:!?])|(?<=\S)\*+(?!\w)|\*{2,}(?=\S)|(?<=\S)\*{2,}"), ""),
    (re.compile(r"(?<!\w)_{1,3}(?=[^\s_])|(?<=[^\s_])_{1,3}(?![\w@])"), ""),
    (re.compile(r" [→⇒➜➔] "), ", "),
    (re.compile(f"[{_PICTURES}][\u200d\ufe0f\u20e3\U000e0020-\U000e007f]*"), " "),
    (re.compile("[\u00ad\u200b\u2060\u20e3\ufe0f\ufeff]"), ""),
)

_UNENDED = re.compile(r"[\w%°€$£][)\]\"'”’»]*$")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff]$")


def spoken_text(unit: str) -> str:
    """What to say for one unit of a reply.

    Markdown, HTML tags and emojis go, white space becomes single spaces, and a line that ends without a mark
    gets a full stop, since a voice would run it into the next line.

    Args:
        unit: a sentence, a clause, or a line with its line feed.

    Returns:
        never more characters than ``unit`` has; empty if there is nothing to say.
    """
    text = " ".join(unit.split())
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    text = " ".join(text.split())
    if not any(char.isalnum() for char in text):
        return ""
    if unit.endswith("\n") and _UNENDED.search(text):
        text += "。" if _IDEOGRAPH.search(text) else "."
    return text
