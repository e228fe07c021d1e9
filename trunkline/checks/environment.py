"""The process itself: Python, the settings, the optional engines. Never shows a value."""

import platform
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from trunkline.checks.finding import Finding, fine, odd, skipped, wrong
from trunkline.settings import REQUIRED, Settings

DISTRIBUTION = "trunkline"

SPOKEN = "spoken"
"""The extra with the speech engines."""

WHERE = {
    "TWILIO_ACCOUNT_SID": "console.twilio.com, Account Info",
    "TWILIO_AUTH_TOKEN": "console.twilio.com, Account Info",
    "DEEPGRAM_API_KEY": "console.deepgram.com, API Keys",
    "OPENAI_API_KEY": "platform.openai.com, API keys",
}
"""Where a key comes from."""

ADVISED = {
    "TWILIO_ACCOUNT_SID": "without it nothing at Twilio can be checked",
    "TRUNKLINE_PUBLIC_URL": "without it each request's host is taken, which needs a proxy that keeps Host",
}
"""What one can do without, and what that costs."""


def python() -> Finding:
    """The interpreter; one that is too old does not get here."""
    return fine("Python", platform.python_version())


def settings(values: Settings) -> Iterator[Finding]:
    """Every variable that matters, and in one line those that keep their defaults."""
    names = [str(field.alias) for field in type(values).model_fields.values()]
    unset = set(values.missing(names))
    for name in [*REQUIRED, *ADVISED]:
        yield _variable(name, is_set=name not in unset)
    others = [name for name in names if name not in REQUIRED and name not in ADVISED]
    given = {
        field.alias for name, field in type(values).model_fields.items() if name in values.model_fields_set
    }
    chosen = [name for name in others if name in given and name not in unset]
    yield fine("other settings", f"{', '.join(chosen)} set; defaults for the rest" if chosen else "defaults")


def _variable(name: str, *, is_set: bool) -> Finding:
    if is_set:
        return fine(name, "set")
    source = f"; get it from {WHERE[name]}" if name in WHERE else ""
    remedy = f"put {name} into the environment or .env{source}"
    if name in ADVISED:
        return odd(name, f"not set: {ADVISED[name]}", remedy)
    return wrong(name, "not set", remedy)


def spoken() -> Finding:
    """The speech engines of the sandbox; no server needs them."""
    missing = [name for name in _packages(SPOKEN) if not _installed(name)]
    if missing:
        return skipped(
            "spoken extra",
            f"not installed ({', '.join(missing)}); only `trunkline call` uses it",
            f"pip install 'trunkline[{SPOKEN}]'",
        )
    return fine("spoken extra", "installed")


def _packages(extra: str) -> list[str]:
    """Names of what an extra installs."""
    marker = re.compile(rf"""extra\s*==\s*['"]{extra}['"]""")
    found = [re.match(r"[\w.-]+", line) for line in requires(DISTRIBUTION) or () if marker.search(line)]
    return [match[0] for match in found if match]


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True
