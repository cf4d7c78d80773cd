"""The graph runner without Dask gives what Dask gives."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.exceptions import GraphComponentException
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

from bot.rasa_compat.graph_runner import SequentialGraphRunner

CALLS: list[str] = []


class Step(GraphComponent):
    """Adds its number to what it needs."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.number = config["number"]

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext):
        return cls(config)

    def start(self, text: str) -> int:
        CALLS.append("start")
        return len(text) + self.number

    def add(self, value: int) -> int:
        CALLS.append("add")
        return value + self.number

    def join(self, left: int, right: int) -> tuple[int, int]:
        CALLS.append("join")
        return left, right

    def fail(self, value: int) -> int:
        raise ZeroDivisionError


def node(fn, number=0, target=False, **needs):
    return SchemaNode(needs=needs, uses=Step, constructor_name="create", fn=fn, config={"number": number}, eager=True, is_target=target)


SCHEMA = GraphSchema(
    {
        "join": node("join", left="b", right="c", target=True),
        "b": node("add", 10, value="a"),
        "c": node("add", 20, value="a"),
        "a": node("start", 1, text="__text__"),
        "failing": node("fail", value="a"),
    }
)


@pytest.fixture(params=[SequentialGraphRunner, DaskGraphRunner])
def runner(request, tmp_path):
    CALLS.clear()
    return request.param.create(SCHEMA, LocalModelStorage(tmp_path), ExecutionContext(SCHEMA, "model"))


def test_values_flow_from_node_to_node(runner):
    assert runner.run({"__text__": "four"}, ["join"]) == {"join": (15, 25)}


def test_without_targets_the_graph_says_what_is_wanted(runner):
    assert runner.run({"__text__": "four"}) == {"join": (15, 25)}


def test_only_what_a_target_needs_is_run(runner):
    assert runner.run({"__text__": "four"}, ["b"]) == {"b": 15}
    assert CALLS == ["start", "add"]


def test_a_node_that_two_others_need_is_run_once(runner):
    runner.run({"__text__": "four"}, ["join"])
    assert CALLS.count("start") == 1


def test_nothing_is_remembered_from_the_run_before(runner):
    runner.run({"__text__": "four"}, ["b"])
    assert runner.run({"__text__": "sixsix"}, ["b"]) == {"b": 17}


def test_several_targets_are_answered_together(runner):
    assert runner.run({"__text__": "four"}, ["b", "c"]) == {"b": 15, "c": 25}


def test_the_error_of_a_node_comes_through(runner):
    with pytest.raises(GraphComponentException):
        runner.run({"__text__": "four"}, ["failing"])
