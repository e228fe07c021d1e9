"""A stock of sockets that a test has opened, or made up."""

from processors.deepgram import Socket
from processors.socket_recipe import Recipe


class Given:
    """Gives these sockets away, whatever is asked for."""

    def __init__(self, *sockets: Socket) -> None:
        self.sockets = list(sockets)
        self.asked: list[Recipe] = []

    async def take(self, recipe: Recipe) -> Socket | None:
        self.asked.append(recipe)
        return self.sockets.pop(0) if self.sockets else None
