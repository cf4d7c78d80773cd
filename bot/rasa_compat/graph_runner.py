"""Runs a model's graph without Dask: the order of the nodes never changes, so it is worked out once and not for every message."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import Any, Optional

import rasa.core.processor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner

from bot.observability import outages


class SequentialGraphRunner(DaskGraphRunner):
    """Calls the nodes that a target needs, one after the other."""

    def run(self, inputs: Optional[dict[str, Any]] = None, targets: Optional[list[str]] = None) -> dict[str, Any]:
        """Runs the graph.

        Args:
            inputs: Values by the names that nodes use for them.
            targets: Names of the nodes whose outputs are wanted; those of the graph by default.

        Returns:
            The outputs by name of the target.

        Raises:
            GraphRunError: A node ended with an error of its own.
        """
        wanted = tuple(targets or self._graph_schema.target_names)
        outputs: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        try:
            for name, needs in self._steps(wanted):
                outputs[name] = self._run_node(self._instantiated_nodes[name], [outputs.get(need, need) for need in needs])
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return dict(outputs[name] for name in wanted)

    @staticmethod
    def _run_node(node: GraphNode, inputs: list[Any]) -> Any:
        part = node._component_class.__name__
        try:
            output = node(*inputs)
        except Exception as error:
            outages.record_failure(part, error.__cause__ or error)
            raise
        outages.record_success(part)
        return output

    def _steps(self, targets: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        known: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = self.__dict__.setdefault("_known_steps", {})
        if targets not in known:
            nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
            needs = {name: tuple(node.needs.values()) for name, node in nodes.items()}
            known[targets] = [(name, needs[name]) for name in TopologicalSorter(needs).static_order() if name in needs]
        return known[targets]


def use_sequential_graph_runner() -> None:
    """Makes models that are loaded from now on run this way."""
    rasa.core.processor.DaskGraphRunner = SequentialGraphRunner
