"""Runs the assistant and the example pages together: `make examples`."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from http.server import ThreadingHTTPServer
from threading import Thread

from examples.server import ASSISTANT_IN_PAGES, ExampleHandler

PORT = 8080


def main() -> int:
    """Serves until interrupted; returns the assistant's exit status."""
    ExampleHandler.sign_in_key = secrets.token_urlsafe(32)
    site = f"http://localhost:{PORT}"
    server = ThreadingHTTPServer(("localhost", PORT), ExampleHandler)
    Thread(target=server.serve_forever, daemon=True).start()
    print(f"The example pages are at {site}/ and {site}/portal; it uses the assistant at {ASSISTANT_IN_PAGES}.", flush=True)
    environment = {**os.environ, "ASSISTANT_ALLOWED_ORIGINS": site, "ASSISTANT_SIGN_IN_KEY": ExampleHandler.sign_in_key}
    try:
        return subprocess.call([sys.executable, "-W", "ignore", "-m", "bot", "run"], env=environment)
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
