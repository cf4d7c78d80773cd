"""The command line: `python -m bot run`, `actions`, `train`, `model`, `encoder`, `check`, `snippet`, `chat`; the Makefile calls these."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import warnings

from bot.observability.logs import configure
from bot.rasa_compat import import_stubs
from bot.settings import log_level

QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "SQLALCHEMY_WARN_20": "0",
    "TOKENIZERS_PARALLELISM": "false",
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
    run.add_argument("--host", default=os.environ.get("ASSISTANT_HOST", "127.0.0.1"), help="address to listen on")
    run.add_argument("--port", type=int, default=int(os.environ.get("ASSISTANT_PORT", "5005")), help="TCP port")
    run.add_argument("--trained", action="store_true", help="never train: wait for the model if it is not there")
    run.add_argument("--model", metavar="FILE", help="serve this model and never train; it is loaded as soon as it is there")
    actions = commands.add_parser("actions", help="serve the custom actions to assistants in other processes")
    actions.add_argument("--host", default=os.environ.get("ASSISTANT_HOST", "127.0.0.1"), help="address to listen on")
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


def _check() -> None:
    from bot.content import installed_content

    content = installed_content()
    reviews = content.reviews
    signed = sum(review.signed for review in reviews)
    print(f"The content is in order: {len(content.claims)} claims, {len(content.answers)} answers, {len(content.items)} checklist items.")
    print(f"Signed by a clinician: {signed} of {len(reviews)}.")


def _snippet(server: str, page: str | None) -> int:
    from pathlib import Path

    from bot.channels.web.widget import replace_snippet, snippet
    from bot.content import installed_content

    tag = snippet(installed_content().clinic, server)
    if page is None:
        print(tag)
        return 0
    old = Path(page).read_text(encoding="utf-8")
    new = replace_snippet(old, tag)
    if new is None:
        print(f"{page} has no tag of the assistant yet. Put this into it:\n{tag}", file=sys.stderr)
        return 1
    Path(page).write_text(new, encoding="utf-8")
    return 0


def _encoder() -> None:
    from rasa.shared.nlu.training_data.loading import load_data

    from bot.nlu.encoder.tuned_weights import CHECKED_IN, Options, fine_tune, mark_of
    from bot.nlu.featurizer import labelled_texts
    from bot.settings import ROOT

    texts, intents = labelled_texts(load_data(str(ROOT / "data" / "nlu")))
    print(f"Fine-tuning the encoder on {len(texts)} examples (up to half an hour on two cores) ...", flush=True)
    fine_tune(texts, intents, Options()).save(CHECKED_IN, mark_of(texts, intents, Options()))
    print(f"Wrote {CHECKED_IN.relative_to(ROOT)}: commit it with the examples.")


def _model() -> int:
    from bot.serving.training import ModelMismatchError, fitting_model

    try:
        print(fitting_model())
    except ModelMismatchError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run(host: str, port: int, model: str | None, only_trained: bool) -> int:
    """Serves. If no model fits yet, a process of its own trains meanwhile, so that nothing of training stays in this one."""
    import_stubs.install()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's threads wait by spinning, on arrays too small to share
    _be_quiet(serving=True)
    from pathlib import Path

    from bot.content import ContentErrors, installed_content

    try:
        installed_content()
    except ContentErrors as error:
        print(error, file=sys.stderr)
        return 1
    from bot.serving.server import serve
    from bot.serving.training import ModelMismatchError, refuse_other_model

    try:
        refuse_other_model()
    except ModelMismatchError as error:
        print(error, file=sys.stderr)
        return 1
    serve(Path(model) if model else None, not (only_trained or model), host, port)
    return 0


def main() -> int:
    """Runs one command; returns the exit status."""
    arguments = _arguments()
    if arguments.command == "chat":
        from bot.terminal_chat import chat

        return chat(arguments.url)
    if arguments.command == "run":
        return _run(arguments.host, arguments.port, arguments.model, arguments.trained)
    if arguments.command == "model":
        return _model()
    if arguments.command == "snippet":
        return _snippet(arguments.server, arguments.into)
    _be_quiet(serving=arguments.command == "actions")
    if arguments.command == "actions":
        from bot.serving.action_server import serve

        serve(arguments.host, arguments.port)
        return 0
    from bot.content import ContentErrors
    from bot.nlu.encoder.weights import EncoderUnavailableError
    from bot.serving.training import TrainingFailedError, train_if_needed

    try:
        if arguments.command == "check":
            _check()
            return 0
        if arguments.command == "encoder":
            _encoder()
            return 0
        train_if_needed(lambda line: print(line, flush=True), force=arguments.force)
    except (ContentErrors, EncoderUnavailableError, TrainingFailedError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
