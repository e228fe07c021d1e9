"""What listeners say to show that they listen: "mhm", "okay", "I see". It asks for nothing and stops nobody.

"Yes" is among them: said while somebody else speaks it means "go on". "No" is not: it objects.
"""

import re
from collections.abc import Iterable, Mapping

from pipecat.transcriptions.language import Language

Phrase = tuple[str, ...]

FILLERS = (
    "ah, aha, eh, er, hm, hmm, hmmm, m, mhm, mhmm, mm, mm hm, mm hmm, mmm, mmhm, oh, uh, uh huh, uhhuh, um"
)
"""Sounds that recognisers write down as words, in any language; a cough can become one."""

BACKCHANNELS: Mapping[str, str] = {
    "en": (
        "all right, alright, cool, correct, exactly, fair enough, fine, go ahead, go on, good, got it,"
        " gotcha, great, i got it, i know, i see, i understand, indeed, interesting, makes sense, nice,"
        " of course, ok, okay, perfect, really, right, right on, sounds good, sure, sure thing,"
        " that makes sense, thats fine, thats right, true, understood, well, wow, yah, yeah, yep, yes, yup"
    ),
    "es": (
        "ajá, así es, bien, bueno, claro, claro que sí, comprendo, correcto, de acuerdo, dale, entiendo,"
        " entendido, está bien, exacto, muy bien, okay, ok, perfecto, por supuesto, sí, vale, ya, ya veo"
    ),
    "de": (
        "ach, ach so, achso, aha, alles klar, das stimmt, echt, genau, gut, in ordnung, ja, ja genau, jawohl,"
        " klar, natürlich, okay, ok, richtig, schön, sehr gut, sicher, so, stimmt, verstanden, verstehe,"
        " ich verstehe"
    ),
    "fr": (
        "ah bon, bien, bien sûr, bon, cest ça, ça marche, ça va, compris, daccord, entendu, exact,"
        " exactement, hein, je comprends, je vois, okay, ok, oui, ouais, parfait, tout à fait, très bien,"
        " voilà"
    ),
    "nl": (
        "goed, helder, inderdaad, ja, ja hoor, juist, klopt, natuurlijk, oké, ok, okay, ik begrijp het,"
        " ik snap het, precies, prima, snap ik, zeker"
    ),
    "it": (
        "ah ecco, bene, benissimo, capisco, capito, certo, chiaro, daccordo, di certo, ecco, esatto, giusto,"
        " ho capito, infatti, già, okay, ok, perfetto, sì, va bene, vedo"
    ),
    "pt": (
        "ah é, beleza, bem, bom, certo, claro, com certeza, compreendo, de acordo, é, entendi, está bem,"
        " exato, isso, isso mesmo, okay, ok, perfeito, pois, pois é, sei, sim, tá, tá bom, tudo bem"
    ),
}
"""By language (ISO 639-1): without punctuation and apostrophes."""

FAREWELLS: Mapping[str, str] = {
    "en": (
        "bye, bye bye, goodbye, good bye, have a good day, have a good one, have a great day,"
        " have a nice day, many thanks, see you, see you then, take care, thank you, thank you so much,"
        " thank you very much, thanks, thanks a lot, thanks so much, you too"
    ),
    "es": (
        "adiós, buen día, chao, gracias, hasta luego, hasta pronto, igualmente, muchas gracias, que esté bien"
    ),
    "de": (
        "auf wiederhören, auf wiedersehen, bis dann, bis bald, danke, danke schön, dankeschön, vielen dank,"
        " danke ebenso, ebenso, gleichfalls, tschüs, tschüss, schönen tag, schönen tag noch, ihnen auch, ciao"
    ),
    "fr": (
        "à bientôt, au revoir, bonne journée, bonne soirée, merci, merci beaucoup, à vous aussi, vous aussi,"
        " salut"
    ),
    "nl": (
        "bedankt, dag, dank je, dank u, dank u wel, dankjewel, doei, fijne dag, hartelijk dank, tot ziens,"
        " insgelijks, u ook"
    ),
    "it": (
        "a presto, altrettanto, arrivederci, buona giornata, ciao, grazie, grazie mille, molte grazie, salve"
    ),
    "pt": (
        "adeus, até logo, até mais, bom dia, igualmente, muito obrigada, muito obrigado, obrigada, obrigado,"
        " tchau"
    ),
}
"""What is said into the other party's goodbye, and keeps nobody on the line."""


def _phrases(*lists: str) -> frozenset[Phrase]:
    return frozenset(tuple(phrase.split()) for text in lists for phrase in text.replace("\n", " ").split(","))


_PHRASES = {code: _phrases(FILLERS, said) for code, said in BACKCHANNELS.items()}
_LEAVING = {code: _PHRASES[code] | _phrases(said) for code, said in FAREWELLS.items()}
_ANY = {False: frozenset().union(*_PHRASES.values()), True: frozenset().union(*_LEAVING.values())}
_LONGEST = max(map(len, _ANY[True]))


def words_beyond(
    text: str, language: Language | str | None = None, *, unfinished: bool = False, leaving: bool = False
) -> int:
    """How many words of a text are more than a backchannel: 0 for "okay, I see", 1 for "okay, stop".

    Args:
        text: what was said.
        language: of the text; unknown ones are compared with all that are known.
        unfinished: the text may still grow: an "I" at its end can become an "I see" and is not counted.
        leaving: the agent is saying goodbye, so thanks and farewells count as backchannels too.
    """
    known = _known(language, leaving)
    said = _words(text)
    beyond = at = 0
    while at < len(said):
        size = _match(said[at : at + _LONGEST], known)
        if size == 0 and unfinished and _may_become(said[at:], known):
            break
        beyond += size == 0
        at += size or 1
    return beyond


def has_words(text: str) -> bool:
    """Whether there is anything in it but punctuation."""
    return bool(_words(text))


def _known(language: Language | str | None, leaving: bool) -> frozenset[Phrase]:
    code = str(getattr(language, "value", language)).partition("-")[0].lower()
    return (_LEAVING if leaving else _PHRASES).get(code, _ANY[leaving])


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"['’]", "", text.casefold()))


def _match(said: list[str], known: Iterable[Phrase]) -> int:
    """How many of the first words are one phrase; the longest counts."""
    return next((size for size in range(len(said), 0, -1) if tuple(said[:size]) in known), 0)


def _may_become(said: list[str], known: frozenset[Phrase]) -> bool:
    rest = tuple(said)
    return any(phrase[: len(rest)] == rest for phrase in known)
