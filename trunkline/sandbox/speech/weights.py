"""Where the engines' weights lie, and how a network is opened."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from trunkline.sandbox.errors import EnginesMissing


def folder(package: str) -> Path:
    """The folder of an installed package, without importing it.

    Raises:
        EnginesMissing: it is not installed.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EnginesMissing(package)
    return Path(spec.submodule_search_locations[0])


def network(path: Path) -> Any:
    """An onnxruntime session on one core: the loop and the calls need the others."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only: re-packed models warn about unused initialisers
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
