"""TwiML read into verbs; what they do stands in ``script.py`` and ``verbs/``."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree import ElementTree

XML_TYPES = ("text/xml", "application/xml")

PARSE_FAILURE = 12100
WRONG_CONTENT_TYPE = 12300


class TwimlError(Exception):
    """A document that the carrier cannot follow.

    Args:
        code: the number in Twilio's error dictionary.
        message: what was found and what was expected.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Verb:
    """One element: a verb, or a noun within one. Names are case-sensitive."""

    name: str
    attributes: Mapping[str, str]
    text: str
    """All text within it, without the white space around it."""
    nouns: tuple["Verb", ...] = ()

    def get(self, attribute: str, default: str = "") -> str:
        return self.attributes.get(attribute, default)

    def number(self, attribute: str, default: float) -> float:
        """A number of seconds or keys; one that cannot be read counts as not given, as at Twilio."""
        try:
            return float(self.attributes.get(attribute, default))
        except ValueError:
            return default

    def flag(self, attribute: str) -> bool:
        return self.attributes.get(attribute, "false").lower() == "true"

    def all(self, name: str) -> list["Verb"]:
        """The nouns of one name."""
        return [noun for noun in self.nouns if noun.name == name]


@dataclass(frozen=True, slots=True)
class Document:
    """Verbs, to be followed in order."""

    verbs: tuple[Verb, ...]
    url: str = ""
    """Where it came from: relative URLs within it start there."""

    def resolve(self, url: str) -> str:
        return urljoin(self.url, url.strip())


@dataclass(frozen=True, slots=True)
class Inline:
    """TwiML that came over REST, not parsed yet: whether it can be followed shows when it is."""

    text: str


def read(content_type: str, text: str, url: str) -> Document:
    """The document in a webhook's answer.

    Raises:
        TwimlError: its content type is not XML's (12300), or it is not TwiML (12100).
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in XML_TYPES:
        raise TwimlError(
            WRONG_CONTENT_TYPE,
            f"content type is {kind or 'missing'!r}, expected one of {', '.join(XML_TYPES)}",
        )
    return parse(text, url)


def parse(text: str, url: str = "") -> Document:
    """The document in ``text``.

    Raises:
        TwimlError: it is not well-formed, or its root is not ``<Response>`` (12100).
    """
    try:
        # The customer is the developer who runs the sandbox; expat bounds what entities expand to.
        root = ElementTree.fromstring(text)  # noqa: S314
    except ElementTree.ParseError as error:
        raise TwimlError(PARSE_FAILURE, f"not well-formed: {error}") from error
    if root.tag != "Response":
        raise TwimlError(PARSE_FAILURE, f"the root is <{root.tag}>, expected <Response>")
    return Document(tuple(_verb(element) for element in root), url)


def _verb(element: ElementTree.Element) -> Verb:
    return Verb(
        element.tag,
        dict(element.attrib),
        " ".join("".join(element.itertext()).split()),
        tuple(_verb(child) for child in element),
    )
