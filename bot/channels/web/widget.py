"""The widget's built files, the tag that a page needs, and the hosted page around the widget."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import re
from dataclasses import dataclass
from functools import cached_property
from importlib import resources

from bot.content.models import Clinic

_MARK_LENGTH = 12
_TAG = re.compile(r'<script async src="[^"]*/widget-[0-9a-f]+\.js".*?</noscript>', re.DOTALL)
WIDGET, MODULE, HOSTED, PAGE = "widget.js", "widget.mjs", "page.js", "index.html"


@dataclass(frozen=True)
class BuiltFile:
    """A built file of the widget.

    Attributes:
        name: Its stable name, such as `widget.js`.
        body: Its bytes.
    """

    name: str
    body: bytes

    @cached_property
    def integrity(self) -> str:
        """What a tag's `integrity` attribute must say."""
        return "sha384-" + base64.b64encode(hashlib.sha384(self.body).digest()).decode("ascii")

    @cached_property
    def versioned_name(self) -> str:
        """A name that only ever stands for these bytes."""
        stem, _, ending = self.name.rpartition(".")
        return f"{stem}-{hashlib.sha256(self.body).hexdigest()[:_MARK_LENGTH]}.{ending}"

    @cached_property
    def packed(self) -> bytes:
        """The bytes for browsers that accept gzip."""
        return gzip.compress(self.body, 9, mtime=0)


def built_file(name: str) -> BuiltFile:
    """Reads a built file.

    Args:
        name: Its stable name.
    """
    return BuiltFile(name, resources.files("bot.channels.web").joinpath("static").joinpath(name).read_bytes())


def _attributes(clinic: Clinic, prefix: str) -> str:
    """What the widget must know before it has asked the server: it is shown before consent and when the server is down."""
    calls = ", ".join(f"{call.label}={call.tel}" for call in clinic.emergency.calls)
    values = {"lang": clinic.languages[0], "emergency": calls, "retention-days": str(clinic.retention_days)}
    return " ".join(f'{prefix}{name}="{html.escape(value)}"' for name, value in values.items())


def call_links(clinic: Clinic) -> str:
    """Plain links to call, for pages on which the widget could not be loaded."""
    links = (f'<a href="tel:{html.escape(call.tel)}">{html.escape(call.label)}</a>' for call in clinic.emergency.calls)
    return " ".join(links)


def snippet(clinic: Clinic, server: str) -> str:
    """The tag for a clinic's page, with the present build's name and hash.

    Args:
        clinic: The clinic's details.
        server: Where browsers reach the interface, such as `https://assistant.clinic.example/chat`.
    """
    file = built_file(WIDGET)
    address = html.escape(server.rstrip("/"))
    return (
        f'<script async src="{address}/{file.versioned_name}"\n'
        f'  integrity="{file.integrity}" crossorigin="anonymous"\n'
        f"  {_attributes(clinic, 'data-')}></script>\n"
        f"<noscript>The baclofen assistant needs JavaScript. Emergency: {call_links(clinic)}</noscript>"
    )


def replace_snippet(page: str, tag: str) -> str | None:
    """Puts a new tag where a page has an older one.

    Args:
        page: The page's HTML.
        tag: What `snippet` gave.

    Returns:
        The page, or None if there is no tag in it.
    """
    new, count = _TAG.subn(lambda _: tag, page)
    return new if count else None


def hosted_page(clinic: Clinic, parents: tuple[str, ...]) -> str:
    """The hosted page: nothing but the widget, with emergency links for when it cannot run.

    Args:
        clinic: The clinic's details.
        parents: Sites that may show the page in an iframe and exchange messages with it.
    """
    template = resources.files("bot.channels.web").joinpath("static").joinpath(PAGE).read_text(encoding="utf-8")
    values = {
        "{{attributes}}": f'{_attributes(clinic, "")} parents="{html.escape(" ".join(parents))}"',
        "{{calls}}": call_links(clinic),
        "{{lang}}": html.escape(clinic.languages[0]),
        "{{widget}}": built_file(WIDGET).versioned_name,
        "{{page}}": built_file(HOSTED).versioned_name,
    }
    for name, value in values.items():
        template = template.replace(name, value)
    return template
