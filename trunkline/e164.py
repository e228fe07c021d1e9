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
