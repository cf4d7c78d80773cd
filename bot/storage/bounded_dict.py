"""A dictionary with a maximum size, which drops its oldest entries."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, Optional, TypeVar

T = TypeVar("T")


class BoundedDict(Generic[T]):
    """Holds values by name, up to a maximum number."""

    def __init__(self, max_size: int) -> None:
        """Starts empty.

        Args:
            max_size: How many values are held at most.
        """
        self._max_size = max_size
        self._values: OrderedDict[str, T] = OrderedDict()

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __len__(self) -> int:
        return len(self._values)

    def put(self, name: str, value: T) -> None:
        """Holds a value; drops the oldest one if there are too many."""
        self._values[name] = value
        self._values.move_to_end(name)
        while len(self._values) > self._max_size:
            self._values.popitem(last=False)

    def get(self, name: str) -> Optional[T]:
        """The value, or None."""
        return self._values.get(name)

    def drop(self, name: str) -> Optional[T]:
        """Removes a value and returns it, or None."""
        return self._values.pop(name, None)
