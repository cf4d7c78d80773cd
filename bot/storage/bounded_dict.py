"""A dictionary that forgets what was put into it longest ago."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, Optional, TypeVar

T = TypeVar("T")


class BoundedDict(Generic[T]):
    """Holds values by name, up to a number of them."""

    def __init__(self, most: int) -> None:
        """Holds nothing yet.

        Args:
            most: How many values are held at most.
        """
        self._most = most
        self._values: OrderedDict[str, T] = OrderedDict()

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __len__(self) -> int:
        return len(self._values)

    def put(self, name: str, value: T) -> None:
        """Holds a value; the oldest one goes if there are too many."""
        self._values[name] = value
        self._values.move_to_end(name)
        while len(self._values) > self._most:
            self._values.popitem(last=False)

    def get(self, name: str) -> Optional[T]:
        """The value, or None."""
        return self._values.get(name)

    def drop(self, name: str) -> Optional[T]:
        """Forgets a value and returns it, or None."""
        return self._values.pop(name, None)
