"""The program as the image runs it: a tree that cannot be written, a user without rights, and one folder of its own."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.serving.training import train_if_needed
from bot.settings import ROOT
from tests.assistant_process import SECONDS_TO_START
from tests.deploy.tools import program
from tests.services import free_port
from tests.talk import Talk

# In mount and user terms what the container gets: everything read-only, /state alone writable, uid 10001, no new privileges.
# It keeps one right that the image does not need: to read Python's own files where this machine keeps them closed to others.
NAMESPACE = """
set -eu
mount --make-rprivate /
mount -t tmpfs -o mode=0700,uid=10001,gid=10001 tmpfs {state}
for point in / $(findmnt --noheadings --output TARGET --target {root}); do mount -o remount,bind,ro "$point"; done
cd {root}
if touch written 2>/dev/null; then echo "the tree can be written" >&2; exit 9; fi
exec setpriv --reuid=10001 --regid=10001 --clear-groups --no-new-privs --bounding-set=-all,+dac_read_search \
  --inh-caps=-all,+dac_read_search --ambient-caps=-all,+dac_read_search {command}
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if os.getuid() != 0 or not sys.platform.startswith("linux"):
        pytest.skip("only root can make a tree read-only")
    train_if_needed(lambda line: None)
    state = tmp_path_factory.mktemp("state")
    port = free_port()
    own = {
        "ASSISTANT_STATE_DIR": str(state),
        "HOME": str(state),
        "TMPDIR": str(state),
        "ASSISTANT_PORT": str(port),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": os.environ["PATH"],
    }
    command = shlex.join([sys.executable, "-W", "ignore", "-m", "bot", "run", "--trained"])
    script = NAMESPACE.format(state=shlex.quote(str(state)), root=shlex.quote(str(ROOT)), command=command)
    log = state.parent / "read-only.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [program("unshare"), "--mount", "bash", "-c", script], env=own, stdout=stream, stderr=stream, start_new_session=True
        )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}/chat", process, log)
        yield f"http://127.0.0.1:{port}/chat"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)


def wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()[-3000:]
        try:
            if httpx.get(f"{url}/health", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise TimeoutError(log.read_text()[-3000:])


def test_it_starts_and_answers_without_writing_outside_its_folder(url):
    talk = Talk(url)
    assert talk.say("he has a high fever and is seeing things").level == "emergency"


def test_it_keeps_the_talk(url):
    talk = Talk(url)
    talk.say("what is baclofen")
    assert "what is baclofen" in str(talk.history())
