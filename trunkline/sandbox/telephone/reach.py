"""Where a public URL is really served, so that the sandbox can stand in for the proxy before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from yarl import URL

HTTP_SCHEMES = {"ws": "http", "wss": "https"}


@dataclass(frozen=True, slots=True)
class Reach:
    """Public origins (``https://agent.example``) and what serves them (``http://127.0.0.1:8080``).

    A request to such an origin goes to the server with the public ``Host`` and with
    ``X-Forwarded-Proto``, as from a proxy that ends TLS. Any other URL is requested as it is.
    """

    origins: Mapping[str, str] = field(default_factory=dict)

    def find(self, url: str) -> tuple[URL, dict[str, str]]:
        """What to connect to, and the headers that name what was asked for.

        Raises:
            ValueError: ``url`` is not absolute.
        """
        parts = urlsplit(url)
        if not parts.netloc:
            raise ValueError(f"{url!r} is not an absolute URL")
        host = parts.netloc.rpartition("@")[2]
        scheme = HTTP_SCHEMES.get(parts.scheme, parts.scheme)
        served = self.origins.get(f"{scheme}://{host}")
        if served is None:
            return URL(url, encoded=True), {"Host": host}
        rest = url[url.index(parts.netloc) + len(parts.netloc) :]
        if parts.scheme in HTTP_SCHEMES:
            served = served.replace("http", "ws", 1)
        return URL(served.rstrip("/") + rest, encoded=True), {"Host": host, "X-Forwarded-Proto": scheme}
