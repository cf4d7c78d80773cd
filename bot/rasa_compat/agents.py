"""Reads a server's Rasa agent and its parts, so that no other room needs to know where Rasa keeps them."""

from __future__ import annotations

from rasa.core.agent import Agent
from rasa.core.tracker_store import TrackerStore
from sanic import Sanic


def ready_agent(app: Sanic) -> Agent | None:
    """A server's agent, or None while there is none that has a model."""
    agent: Agent | None = getattr(app.ctx, "agent", None)
    return agent if agent is not None and agent.is_ready() else None


def unwrapped_store(agent: Agent) -> TrackerStore:
    """An agent's tracker store, without the wrapper by which Rasa drops what cannot be saved."""
    return getattr(agent.tracker_store, "_tracker_store", agent.tracker_store)
