"""An action server on which every action fails, with an error that quotes what a person typed."""

from __future__ import annotations

import sys

from rasa_sdk.executor import ActionExecutor

from bot.serving.action_server import build_app


async def fail(self, action_call):
    raise RuntimeError(str(action_call["tracker"]["latest_message"]))


if __name__ == "__main__":
    ActionExecutor.run = fail
    build_app().run(host="127.0.0.1", port=int(sys.argv[1]), access_log=False, workers=1)
