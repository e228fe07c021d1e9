"""The forms of REST answers: errors (Twilio: error dictionary) and lists."""

from typing import Any

from aiohttp import web

PAGE_SIZE = 50
"""Rows of a list, unless the customer says otherwise."""


class RestError(Exception):
    """A request is refused.

    Args:
        status: of HTTP.
        code: the number in Twilio's error dictionary.
        message: for a person.
    """

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(status, code, message)
        self.status = status
        self.code = code
        self.message = message

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


NOT_AUTHENTICATED = RestError(401, 20003, "Authenticate")

TOO_MANY_REQUESTS = RestError(429, 20429, "Too Many Requests")

NOT_IN_PROGRESS = RestError(400, 21220, "Invalid call state: the call is not in-progress. Cannot redirect.")


def not_found(path: str) -> RestError:
    return RestError(404, 20404, f"The requested resource {path} was not found")


def invalid(code: int, message: str) -> RestError:
    """A parameter is missing or wrong."""
    return RestError(400, code, message)


def page(request: web.Request, name: str, rows: list[dict[str, Any]]) -> web.Response:
    """One page of a list, and where the next one is.

    Args:
        request: whose ``Page`` and ``PageSize`` say which.
        name: the key under which the rows stand.
        rows: all of them.
    """
    number, size = int(request.query.get("Page", "0")), int(request.query.get("PageSize", str(PAGE_SIZE)))
    first, path = number * size, request.path
    shown = rows[first : first + size]
    more = first + size < len(rows)
    query = request.rel_url.query
    following = request.rel_url.with_query({**query, "Page": number + 1, "PageSize": size})
    return web.json_response(
        {
            name: shown,
            "page": number,
            "page_size": size,
            "start": first,
            "end": first + len(shown) - 1 if shown else 0,
            "uri": str(request.rel_url),
            "first_page_uri": f"{path}?PageSize={size}&Page=0",
            "next_page_uri": str(following) if more else None,
            "previous_page_uri": f"{path}?PageSize={size}&Page={number - 1}" if number else None,
        }
    )
