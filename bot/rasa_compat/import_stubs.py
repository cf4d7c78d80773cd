"""Keeps what is never used while serving out of the serving process: most of its start-up time and memory would go there.

Rasa imports every channel, tracker store and neural component that it knows, and TensorFlow with them, whether they are used or not.
`install()` puts a finder before Python's own: it answers imports of the packages named here with hollow modules, whose classes can be
named in annotations and inherited from, but not called. Training, `rasa run` and the tests import the real ones.
"""

from __future__ import annotations

import sys
from abc import ABCMeta
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Optional

from bot.errors import AssistantError
from bot.settings import read_settings

SWITCH = "ASSISTANT_LEAN_IMPORTS"
BLOCKED = frozenset({"tensorflow", "keras", "torch", "h5py", "transformers", "jax", "cupy", "mxnet"})
STUBBED = frozenset(
    {
        # Rasa's neural components
        "rasa.utils.tensorflow.callback",
        "rasa.utils.tensorflow.data_generator",
        "rasa.utils.tensorflow.model_data",
        # a step of training that a model names
        "rasa.graph_components.validators.default_recipe_validator",
        # channels that Rasa brings
        "aiogram",
        "fbmessenger",
        "google.auth",
        "prompt_toolkit",
        "questionary",
        "slack_sdk",
        "socketio",
        "twilio",
        "webexteamssdk",
        # tracker stores that Rasa brings
        "boto3",
        "pymongo",
        # plots, and names for new models
        "matplotlib",
        "randomname",
        # parts of medspaCy beside ConText
        "quickumls",
    }
)


class StubUsedError(AssistantError):
    """Something was used that is kept out of the serving process."""


class _Stub(ABCMeta):
    """Classes that exist by name only; any attribute is another such class. Classes that inherit from them are ordinary."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return _stub_class(f"{cls.__module__}.{cls.__qualname__}", name)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if "_hollow" in cls.__dict__:
            raise StubUsedError(
                f"{cls.__module__}.{cls.__name__} is kept out of the serving process "
                f"(bot/rasa_compat/import_stubs.py); {SWITCH}=0 lets it in."
            )
        return super().__call__(*args, **kwargs)


def _stub_class(module: str, name: str) -> type:
    bases = (Exception,) if name.endswith(("Error", "Exception")) else ()
    return _Stub(name, bases, {"_hollow": True, "__module__": module})


class _StubModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _stub_class(self.__name__, name)
        setattr(self, name, made)
        return made


class StubFinder(MetaPathFinder, Loader):
    """Answers imports of what is not served.

    Attributes:
        asked: The entries of `HOLLOW` that were imported.
    """

    def __init__(self, hollow: frozenset[str] = STUBBED) -> None:
        self.asked: set[str] = set()
        self._hollow = hollow

    def find_spec(self, fullname: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None) -> Optional[ModuleSpec]:
        """A hollow module for a hollow package, an error for an absent one, nothing for all others.

        Raises:
            ModuleNotFoundError: The package counts as not installed: its importers do without it.
        """
        package = fullname.partition(".")[0]
        if package in BLOCKED:
            raise ModuleNotFoundError(f"{fullname} is kept out of the serving process (bot/rasa_compat/import_stubs.py)", name=fullname)
        entry = next((name for name in self._hollow if fullname == name or fullname.startswith(f"{name}.")), None)
        if entry is None:
            return None
        self.asked.add(entry)
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """An empty module of that name."""
        return _StubModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


def install() -> Optional[StubFinder]:
    """Keeps unused packages out of this process. Call it before Rasa is imported.

    Returns:
        The finder, or None if `ASSISTANT_LEAN_IMPORTS=0` switches it off.
    """
    settings = read_settings()
    if not settings.lean_imports:
        return None
    has_socket = any(line.startswith("bot.channels.socketio.") for line in settings.credentials.read_text(encoding="utf-8").splitlines())
    finder = StubFinder(STUBBED - {"socketio"} if has_socket else STUBBED)
    sys.meta_path.insert(0, finder)
    return finder
