"""Two other engines by their standard remote protocols: WebKitGTK by WebDriver over HTTP, Firefox by WebDriver BiDi over a socket."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

import httpx
import websockets

from tests.assistant_process import free_port

SECONDS = 60
MINI_BROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"


class Remote(Protocol):
    """A browser that opens a page and runs scripts on it."""

    def open(self, url: str) -> None: ...

    def run(self, expression: str) -> Any: ...


def wait_until(remote: Remote, expression: str) -> Any:
    """Waits until an expression is true in the page, and returns its value."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        value = remote.run(expression)
        if value:
            return value
        time.sleep(0.2)
    raise AssertionError(f"never true: {expression}\n{remote.run('document.body.innerText')}")


class WebKit:
    """WebKitGTK's own small browser, through its driver."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=SECONDS)
        options = {"browserName": "MiniBrowser", "webkitgtk:browserOptions": {"binary": MINI_BROWSER, "args": ["--automation"]}}
        answer = self._client.post("/session", json={"capabilities": {"alwaysMatch": options}}).json()
        self._session = f"/session/{answer['value']['sessionId']}"

    def open(self, url: str) -> None:
        self._client.post(f"{self._session}/url", json={"url": url}).raise_for_status()

    def run(self, expression: str) -> Any:
        body = {"script": f"return ({expression});", "args": []}
        return self._client.post(f"{self._session}/execute/sync", json=body).raise_for_status().json()["value"]

    def close(self) -> None:
        self._client.delete(self._session)


class Firefox:
    """Firefox, through WebDriver BiDi."""

    def __init__(self, port: int) -> None:
        self._loop = asyncio.new_event_loop()  # in a thread of its own: Playwright has one in this thread
        Thread(target=self._loop.run_forever, daemon=True).start()
        self._number = 0
        self._socket = self._wait(self._connect(f"ws://127.0.0.1:{port}/session"))
        self._ask("session.new", capabilities={})
        self._context = self._ask("browsingContext.getTree")["contexts"][0]["context"]

    def _wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(2 * SECONDS)

    @staticmethod
    async def _connect(url: str) -> Any:
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                return await websockets.connect(url, max_size=None)  # type: ignore[attr-defined]
            except OSError:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.2)

    def _ask(self, method: str, **params: Any) -> Any:
        async def ask() -> Any:
            self._number += 1
            await self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
            while True:
                answer = json.loads(await asyncio.wait_for(self._socket.recv(), SECONDS))
                if answer.get("id") == self._number:
                    assert answer["type"] == "success", answer
                    return answer["result"]

        return self._wait(ask())

    def open(self, url: str) -> None:
        self._ask("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def run(self, expression: str) -> Any:
        script = f"JSON.stringify(({expression}) ?? null)"
        answer = self._ask("script.evaluate", expression=script, target={"context": self._context}, awaitPromise=False)
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])

    def close(self) -> None:
        self._ask("browser.close")
        self._loop.call_soon_threadsafe(self._loop.stop)


@contextmanager
def _process(command: list[str], **environment: str) -> Iterator[None]:
    started = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        started.terminate()
        try:
            started.wait(timeout=10)
        except subprocess.TimeoutExpired:
            started.kill()


@contextmanager
def webkit(folder: Path) -> Iterator[Remote]:
    """Starts WebKitGTK on a screen of its own."""
    port, screen = free_port(), f":{200 + os.getpid() % 1000}"
    sandbox = {"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"} if os.geteuid() == 0 else {}
    with (
        _process(["Xvfb", screen, "-screen", "0", "1280x900x24"]),
        _process(["WebKitWebDriver", f"--port={port}"], DISPLAY=screen, HOME=str(folder), **sandbox),
    ):
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/status")
                break
            except httpx.HTTPError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        remote = WebKit(f"http://127.0.0.1:{port}")
        yield remote
        remote.close()


@contextmanager
def firefox(folder: Path) -> Iterator[Remote]:
    """Starts Firefox without a screen, in a fresh profile."""
    port = free_port()
    command = ["firefox-esr", "--headless", "--no-remote", "--profile", str(folder), f"--remote-debugging-port={port}", "about:blank"]
    with _process(command, HOME=str(folder), MOZ_DISABLE_CONTENT_SANDBOX="1"):
        remote = Firefox(port)
        yield remote
        remote.close()
