"""The model is missing, corrupt or of other code: people get the emergency line, and the right model is taken up without a restart."""

from __future__ import annotations

import shutil
import tarfile
import uuid

import pytest

from bot.rasa_compat.model_fingerprint import fingerprint
from bot.serving.training import model_file, train_if_needed
from tests.assistant_process import AssistantProcess
from tests.faults.helpers import DANGER, PromptTalk, is_emergency, is_outage_text, logged, wait_until


@pytest.fixture(scope="module")
def sound():
    return train_if_needed(lambda line: None)


@pytest.fixture(scope="module")
def faulty(sound, tmp_path_factory):
    """A replica that serves a given file, which is not there yet."""
    folder = tmp_path_factory.mktemp("state")
    process = AssistantProcess(folder)
    process.model = folder / "model.tar.gz"
    process.command = [*process.command, "--model", str(process.model)]
    process.start(until_ready=False)
    yield process
    process.stop()


def put(model, data):
    new = model.with_name(f"{uuid.uuid4().hex}.part")
    new.write_bytes(data)
    new.replace(model)


def of_other_code(sound, folder):
    """The same model with another note of what it was made from."""
    tree = folder / "tree"
    with tarfile.open(sound) as archive:
        archive.extractall(tree)
    for name in ("domain.yml", "metadata.json"):  # Rasa takes the domain of a loaded model from the latter
        (file,) = tree.rglob(name)
        file.write_text(file.read_text().replace(fingerprint(), "0123456789abcdef"))
    other = folder / "other.tar.gz"
    with tarfile.open(other, "w:gz") as archive:
        for part in tree.iterdir():
            archive.add(part, part.name)
    return other.read_bytes()


def check_degraded(faulty):
    talk = PromptTalk(faulty.url)
    assert is_outage_text(talk.say("what is baclofen"))
    assert is_emergency(talk.say(DANGER))
    assert is_emergency(talk.payload('/danger_confirmed{"seizure": "yes", "danger_reason": "a seizure"}'))
    assert talk.client.get(f"{faulty.url}/health").status_code == 503


def test_missing(faulty):
    check_degraded(faulty)
    assert logged(faulty.log_file, "model failed with FileNotFoundError")


def test_corrupt(faulty, sound):
    put(faulty.model, sound.read_bytes()[:1_000_000])
    wait_until(lambda: logged(faulty.log_file, "model still fails"))
    check_degraded(faulty)


def test_of_other_code(faulty, sound, tmp_path):
    put(faulty.model, of_other_code(sound, tmp_path))
    wait_until(lambda: logged(faulty.log_file, "now with OtherModelError"))
    check_degraded(faulty)


def test_the_right_one_is_taken_up_without_a_restart(faulty, sound):
    shutil.copy(sound, faulty.model)
    assert sound == model_file()
    faulty.wait_until_ready()
    assert PromptTalk(faulty.url).start_checklist(missed_dose="yes").level == "urgent"
    assert logged(faulty.log_file, "model works again")
