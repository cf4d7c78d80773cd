"""Gets the model into the running process: at the start if it can, later if it must, without a restart.

Until then the process serves: danger words bring the emergency card by rules alone, all else the outage text.
"""

from __future__ import annotations

import asyncio
import copy
import sys
import time
from asyncio import AbstractEventLoop
from collections.abc import Callable
from pathlib import Path

from rasa.core.agent import Agent
from sanic import Sanic

from bot.observability import outages
from bot.rasa_compat.action_failover import harden_agent
from bot.rasa_compat.model_fingerprint import check_model
from bot.serving.training import model_file

MODEL = "model"
_LOOK_AGAIN_SECONDS = 1.0
_TRAIN_AGAIN_SECONDS = 600.0


def _root_cause(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _mark(model: Path) -> tuple[str, int, int] | None:
    """What changes when a file is replaced; None if there is none."""
    try:
        stat = model.stat()
    except OSError:
        return None
    return model.name, stat.st_mtime_ns, stat.st_size


class ModelLoader:
    """Loads one model into the server's agent."""

    def __init__(self, model: Path | None, trains: bool, ready: Callable[[], None], say: Callable[[str], None]) -> None:
        """Loads nothing yet.

        Args:
            model: The model's file; None for the one that fits content, data and code.
            trains: Whether to train a model that is missing or broken; otherwise somebody else must put it there.
            ready: Called when the model is in place.
            say: Called with lines for the console.
        """
        self._fixed = model
        self._trains = trains
        self._ready = ready
        self._say = say
        self._keeping: asyncio.Task[None] | None = None
        self._training: asyncio.subprocess.Process | None = None
        self._trained: tuple[str, float] = ("", 0.0)

    async def start(self, app: Sanic, _: AbstractEventLoop) -> None:
        """Loads the model before the server opens if it is there and sound; otherwise goes on trying beside the server."""
        if not await self._load(app, self._model()):
            self._say(self._without_a_model())
            self._keeping = asyncio.ensure_future(self._keep(app))

    async def stop(self, _app: Sanic, _: AbstractEventLoop) -> None:
        """Ends the tries and a training that runs."""
        if self._keeping is not None:
            self._keeping.cancel()
        if self._training is not None and self._training.returncode is None:
            self._training.terminate()

    def _without_a_model(self) -> str:
        wait = "Training one takes about two minutes." if self._trains else "It is loaded as soon as it is there."
        return f"No model fits content, data and code. {wait} Until then danger words bring the emergency card, all else the outage text."

    def _model(self) -> Path:
        return self._fixed or model_file()

    async def _keep(self, app: Sanic) -> None:
        tried = _mark(self._model())
        while True:
            model = self._model()
            if _mark(model) not in (None, tried):
                tried = _mark(model)
                if await self._load(app, model):
                    return
            elif self._trains:
                await self._train(model)
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    async def _load(self, app: Sanic, model: Path) -> bool:
        """Puts a model in place once all of it works."""
        loaded: Agent = copy.copy(app.ctx.agent)
        try:
            if not model.is_file():
                raise FileNotFoundError
            await asyncio.to_thread(loaded.load_model, str(model))
            check_model(loaded)
            harden_agent(loaded)
            await loaded.parse_message("hello, is anybody there")  # libraries load parts of themselves when first used
        except Exception as error:
            outages.record_failure(MODEL, _root_cause(error))
            return False
        app.ctx.agent, app.ctx.model_name = loaded, model.name.removesuffix(".tar.gz")
        outages.record_success(MODEL)
        self._ready()
        return True

    async def _train(self, model: Path) -> None:
        """Trains in a process of its own, so that nothing of it stays here; the same model not again for a while if that fails."""
        name, not_before = self._trained
        if model.name == name and time.monotonic() < not_before:
            return
        try:
            model.unlink(missing_ok=True)  # it is broken
            self._training = await asyncio.create_subprocess_exec(sys.executable, "-W", "ignore", "-m", "bot", "train")
            if await self._training.wait():
                outages.record_failure("training", "no model")
            else:
                outages.record_success("training")
        except OSError as error:
            outages.record_failure("training", error)
        self._trained = (model.name, time.monotonic() + _TRAIN_AGAIN_SECONDS)
