"""Phone numbers as everybody writes them to a carrier (ITU-T E.164)."""

import re

NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


def check(number: str) -> None:
    """
    Raises:
        ValueError: it is not written in E.164.
    """
    if not NUMBER.fullmatch(number):
        raise ValueError(f"number={number!r} is not E.164; expected a form like '+15550100'")


def normalise(number: str, home: str) -> str:
    """A number as people write it, in E.164.

    Args:
        number: "(202) 555-0123", "+44 20 7946 0123".
        home: a number in E.164; one without a country is in its country.

    Raises:
        ValueError: it is no phone number, or one that nobody can have.
    """
    import phonenumbers  # a tenth of a second, for those who call out

    region = phonenumbers.region_code_for_country_code(phonenumbers.parse(home).country_code or 1)
    expected = f"expected one of {region}, or one that begins with + and its country, as +12025550123"
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException as error:
        raise ValueError(f"{number!r} is not a phone number; {expected}") from error
    if parsed.extension:
        raise ValueError(f"{number!r} has an extension; {expected}")
    if not phonenumbers.is_valid_number(parsed):
        raise ValueError(f"{number!r} is a number that nobody can have; {expected}")
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
