"""A channel for tests that shows which parts of Rasa are replaced in a running server."""

from __future__ import annotations

import rasa.core.processor
from rasa.core.actions.action import RemoteAction
from rasa.core.actions.forms import FormAction
from rasa.core.channels.channel import InputChannel
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json


def installed_parts(request: Request) -> dict[str, str]:
    """The modules of the parts that a server uses, by name of the part."""
    agent = request.app.ctx.agent
    parts = {
        "graph runner of new models": rasa.core.processor.DaskGraphRunner,
        "graph runner of the model": type(agent.processor.graph_runner),
        "rule policy": next(
            type(node._component) for name, node in agent.processor.graph_runner._instantiated_nodes.items() if "RulePolicy" in name
        ),
        "event types": getattr(Event.resolve_by_type, "cache_info", Event.resolve_by_type),
        "empty domain": Domain.is_empty,
        "form mappings": FormAction._create_unique_entity_mappings,
        "copy of a slot": getattr(Slot, "__copy__", Slot),
        "copy of a tracker": DialogueStateTracker.copy,
        "check of an action's result": RemoteAction._validate_action_result,
    }
    return {name: f"{getattr(part, '__module__', None)}.{part.__qualname__}" for name, part in parts.items()}


class InstalledPartsChannel(InputChannel):
    """Serves the parts at /webhooks/installed_parts/."""

    @classmethod
    def name(cls) -> str:
        return "installed_parts"

    def blueprint(self, on_new_message) -> Blueprint:
        blueprint = Blueprint("installed_parts")

        async def show(request: Request) -> HTTPResponse:
            return json(installed_parts(request))

        blueprint.add_route(show, "/", methods=["GET"])
        return blueprint
