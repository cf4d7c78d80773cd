"""The routes that need no session: the hosted page and the widget's files."""

from __future__ import annotations

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, html, raw

from bot.channels.web.widget import HOSTED, MODULE, WIDGET, BuiltFile, built_file, hosted_page
from bot.content.models import Clinic

_FOREVER = "public, max-age=31536000, immutable"
_BRIEFLY = "public, max-age=300, must-revalidate"


def page_policy(allowed: tuple[str, ...]) -> str:
    """The hosted page's content security policy.

    Args:
        allowed: Sites that may show the page in an iframe.
    """
    parts = [
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        " ".join(["frame-ancestors 'self'", *allowed]),
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    return "; ".join(parts)


def add_pages(blueprint: Blueprint, clinic: Clinic, allowed: tuple[str, ...]) -> None:
    """Adds the routes.

    Args:
        blueprint: The channel's.
        clinic: The clinic's details, which stand in the page itself: they must be there when nothing else is.
        allowed: Sites that may show the hosted page in an iframe.
    """
    _add_page(blueprint, hosted_page(clinic, allowed), allowed)
    for name in (WIDGET, MODULE, HOSTED):
        file = built_file(name)
        _add_file(blueprint, file, file.name, _BRIEFLY)
        _add_file(blueprint, file, file.versioned_name, _FOREVER)


def _add_page(blueprint: Blueprint, page: str, allowed: tuple[str, ...]) -> None:
    headers = {
        "Content-Security-Policy": page_policy(allowed),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Cache-Control": "no-store",
    }

    async def serve(request: Request) -> HTTPResponse:
        return html(page, headers=headers)

    blueprint.add_route(serve, "/", methods=["GET"], name="page")


def _add_file(blueprint: Blueprint, file: BuiltFile, name: str, caching: str) -> None:
    headers = {
        "Cache-Control": caching,
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
        # Any site may load the script, which is public; only allowed ones can reach the assistant with it.
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }

    async def serve(request: Request) -> HTTPResponse:
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return raw(file.packed, content_type="text/javascript; charset=utf-8", headers={**headers, "Content-Encoding": "gzip"})
        return raw(file.body, content_type="text/javascript; charset=utf-8", headers=headers)

    blueprint.add_route(serve, f"/{name}", methods=["GET"], name=name)
