"""EVERYTHING THAT REACHES INTO RASA, rasa-sdk OR SANIC lies in this room.

README.md beside this file has the table: what, why, what happens without it.
`install()` puts all of it in place. Both ways of serving call it: `python -m bot run` and Rasa's own `rasa run`, through the channel.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version

from bot.errors import AssistantError

WRITTEN_FOR = {"rasa": "3.6.21", "rasa-sdk": "3.6.2", "sanic": "21.12.2"}


class OtherVersionError(AssistantError):
    """A library that this room reaches into has another version than the one that the room was written for."""


def check_versions() -> None:
    """Makes sure that the libraries are those that this room was written for.

    Raises:
        OtherVersionError: One has another version; the message says what to do.
    """
    for package, expected in WRITTEN_FOR.items():
        if version(package) != expected:
            raise OtherVersionError(
                f"bot/rasa_compat was written for {package} {expected}, not {version(package)}. "
                "Read bot/rasa_compat/README.md, check each row against the new version, then change WRITTEN_FOR."
            )


@lru_cache(maxsize=1)
def install() -> None:
    """Puts the replaced parts into Rasa, once for this process. Models that are loaded from now on use them."""
    check_versions()
    from bot.rasa_compat.cached_lookups import use_cached_lookups
    from bot.rasa_compat.graph_runner import use_sequential_graph_runner
    from bot.rasa_compat.in_process_actions import trust_checked_results

    use_cached_lookups()
    use_sequential_graph_runner()
    trust_checked_results()
