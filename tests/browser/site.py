"""Another site: serves the examples and pages that a test makes up."""

from __future__ import annotations

from http.server import ThreadingHTTPServer
from threading import Thread

from bot.channels.web.widget import snippet
from bot.content import installed_content
from examples.server import ExampleHandler

HTML = "text/html; charset=utf-8"


def page(body: str, head: str = "", lang: str = "en") -> str:
    """A whole page around a body."""
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>A clinic</title>'
        f'<link rel="icon" href="data:,">{head}</head><body>{body}</body></html>'
    )


class Site:
    """A web server on localhost with the example pages.

    Attributes:
        pages: Pages of a test by path: content type, body, further headers.
    """

    def __init__(self, port: int, assistant_url: str, key: str = "") -> None:
        self.url = f"http://localhost:{port}"
        self.assistant = assistant_url
        self.pages: dict[str, tuple[str, str, dict[str, str]]] = {}
        pages = self.pages

        class Handler(ExampleHandler):
            assistant = assistant_url
            sign_in_key = key

            def do_GET(self) -> None:
                if self.path in pages:
                    kind, body, headers = pages[self.path]
                    self.answer(200, body, kind, headers)
                else:
                    super().do_GET()

        self._server = ThreadingHTTPServer(("localhost", port), Handler)

    def start(self) -> None:
        Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def element(self, attributes: str) -> str:
        """The element in the page itself, with the script that knows it."""
        script = f'<script async src="{self.assistant}/widget.js" data-mount="none"></script>'
        return f"{script}<baclofen-chat {attributes}></baclofen-chat>"

    def tag(self, **data: str) -> str:
        """The tag as the command prints it, with further options."""
        extra = "".join(f' data-{name.replace("_", "-")}="{value}"' for name, value in data.items())
        return snippet(installed_content().clinic, self.assistant).replace("></script>", f"{extra}></script>")

    def add(self, path: str, html: str, **headers: str) -> str:
        """Serves a page and returns its address."""
        self.pages[path] = (HTML, html, {name.replace("_", "-"): value for name, value in headers.items()})
        return f"{self.url}{path}"
