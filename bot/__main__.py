"""The command line: `python -m bot run`, `actions`, `train`, `model`, `encoder`, `check`, `snippet`, `chat`; the Makefile calls these."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import warnings
from collections.abc import Callable

from bot.errors import AssistantError
from bot.observability.logs import configure
from bot.observability.progress import say
from bot.rasa_compat import import_stubs
from bot.settings import log_level, read_settings

QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "SQLALCHEMY_WARN_20": "0",
    "TOKENIZERS_PARALLELISM": "false",
    "TQDM_DISABLE": "1",
    "PYTHONWARNINGS": "ignore",
}


def _be_quiet(serving: bool = False) -> None:
    """Keeps the libraries' chatter out; errors still come through. Must run before they are imported.

    Args:
        serving: Whether this process meets people; then no word of a message may be logged.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    warnings.simplefilter("ignore")
    if serving:
        configure()
    else:
        logging.basicConfig(level=log_level(), format="%(asctime)s %(levelname)s %(name)s %(message)s")
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(log_level() if serving else logging.WARNING)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot", description="The baclofen assistant.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="serve; trains meanwhile if something changed")
    run.add_argument("--host", help="address to listen on (default: ASSISTANT_HOST, or this machine only)")
    run.add_argument("--port", type=int, help="TCP port (default: ASSISTANT_PORT, or 5005)")
    run.add_argument("--trained", action="store_true", help="never train: wait for the model if it is not there")
    run.add_argument("--model", metavar="FILE", help="serve this model and never train; it is loaded as soon as it is there")
    actions = commands.add_parser("actions", help="serve the custom actions to assistants in other processes")
    actions.add_argument("--host", help="address to listen on (default: ASSISTANT_HOST, or this machine only)")
    actions.add_argument("--port", type=int, default=5055, help="TCP port")
    train = commands.add_parser("train", help="train if something changed")
    train.add_argument("--force", action="store_true", help="train in any case")
    commands.add_parser("model", help="print the name of the model that fits content, data and code")
    commands.add_parser("check", help="check the content files")
    commands.add_parser("encoder", help="fine-tune the encoder on the training examples and keep the result")
    tag = commands.add_parser("snippet", help="print the tag that puts the chat on a page")
    tag.add_argument("--into", metavar="PAGE", help="put it into a page that has an older one, instead of printing it")
    tag.add_argument("--server", default="http://localhost:5005/chat", help="where browsers reach the assistant")
    chat = commands.add_parser("chat", help="talk in the terminal with a running assistant")
    chat.add_argument("--url", default="http://localhost:5005/chat", help="address of the interface")
    return parser.parse_args()


def _check(_: argparse.Namespace) -> int:
    from bot.content import installed_content

    content = installed_content()
    reviews = content.reviews
    signed = sum(review.signed for review in reviews)
    print(f"The content is in order: {len(content.claims)} claims, {len(content.answers)} answers, {len(content.items)} checklist items.")
    print(f"Signed by a clinician: {signed} of {len(reviews)}.")
    return 0


def _snippet(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from bot.channels.web.widget import replace_snippet, snippet
    from bot.content import installed_content

    tag = snippet(installed_content().clinic, arguments.server)
    if arguments.into is None:
        print(tag)
        return 0
    page = Path(arguments.into)
    new = replace_snippet(page.read_text(encoding="utf-8"), tag)
    if new is None:
        print(f"{page} has no tag of the assistant yet. Put this into it:\n{tag}", file=sys.stderr)
        return 1
    page.write_text(new, encoding="utf-8")
    return 0


def _encoder(_: argparse.Namespace) -> int:
    _be_quiet()
    from rasa.shared.nlu.training_data.loading import load_data

    from bot.nlu.encoder.tuned_weights import CHECKED_IN, fine_tune, mark_of
    from bot.nlu.featurizer import labelled_texts
    from bot.serving.training import encoder_options
    from bot.settings import ROOT

    texts, intents = labelled_texts(load_data(str(ROOT / "data" / "nlu")))
    options = encoder_options()
    say(f"Fine-tuning the encoder on {len(texts)} examples (up to half an hour on two cores) ...")
    fine_tune(texts, intents, options).save(CHECKED_IN, mark_of(texts, intents, options))
    say(f"Wrote {CHECKED_IN.relative_to(ROOT)}: commit it with the examples.")
    return 0


def _model(_: argparse.Namespace) -> int:
    from bot.serving.training import fitting_model

    print(fitting_model())
    return 0


def _train(arguments: argparse.Namespace) -> int:
    _be_quiet()
    from bot.serving.training import train_if_needed

    train_if_needed(say, force=arguments.force)
    return 0


def _actions(arguments: argparse.Namespace) -> int:
    _be_quiet(serving=True)
    from bot.serving.action_server import serve

    return serve(arguments.host or read_settings().host, arguments.port)


def _run(arguments: argparse.Namespace) -> int:
    """Serves. If no model fits yet, a process of its own trains meanwhile, so that nothing of training stays in this one."""
    import_stubs.install()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's threads wait by spinning, on arrays too small to share
    _be_quiet(serving=True)
    from pathlib import Path

    from bot.content import installed_content
    from bot.serving.server import serve
    from bot.serving.training import refuse_other_model

    settings = read_settings()
    installed_content()
    refuse_other_model()
    model = Path(arguments.model) if arguments.model else None
    trains = not (arguments.trained or arguments.model)
    return serve(model, trains, arguments.host or settings.host, settings.port if arguments.port is None else arguments.port)


def _chat(arguments: argparse.Namespace) -> int:
    from bot.channels.terminal_chat import chat

    return chat(arguments.url)


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "run": _run,
    "actions": _actions,
    "train": _train,
    "model": _model,
    "check": _check,
    "encoder": _encoder,
    "snippet": _snippet,
    "chat": _chat,
}


def main() -> int:
    """Runs one command; returns the exit status. An error of the assistant's own is told in one line and ends with 1."""
    arguments = _arguments()
    try:
        return COMMANDS[arguments.command](arguments)
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
