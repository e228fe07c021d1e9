"""Who erred, in the sandbox.

::

    TrunklineError
    ├── ScriptError           a caller's script: its file, the key, what may stand there
    └── EnginesMissing        the speech engines of the ``spoken`` extra are not installed
"""

from pathlib import Path

from trunkline.errors import TrunklineError


class ScriptError(TrunklineError):
    """A caller's script cannot be played.

    Args:
        path: the file.
        message: what was found and what was expected.
    """

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(path, message)
        self.path = path
        self.message = message

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class EnginesMissing(TrunklineError):
    """A spoken sandbox call was asked for, and the package of an engine is not there.

    Args:
        package: the import name that was not found.
    """

    def __init__(self, package: str) -> None:
        super().__init__(package)
        self.package = package

    def __str__(self) -> str:
        return (
            f"spoken calls need the speech engines, and {self.package!r} is missing: "
            "run `make setup`, or `pip install 'trunkline[spoken]'`"
        )
