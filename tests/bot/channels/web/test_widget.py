"""The widget's built files as the assistant serves them, and the tag that a page needs."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from pathlib import Path

import httpx
import pytest

from bot.channels.web.widget import WIDGET, built_file, hosted_page, replace_snippet, snippet
from bot.settings import ROOT
from examples.server import ASSISTANT_IN_PAGES

MAX_BYTES_PACKED = 15_000
SERVER = "https://assistant.clinic.example/chat"


def attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    assert found, f"no {name} in {tag}"
    return found[1]


def test_the_widget_is_small():
    assert len(gzip.compress(built_file(WIDGET).body, 9)) <= MAX_BYTES_PACKED


def test_the_widget_has_no_dependency_at_run_time():
    assert '"dependencies"' not in (ROOT / "widget" / "package.json").read_text()


def test_versions_are_pinned_and_the_lock_names_no_address():
    package = (ROOT / "widget" / "package.json").read_text()
    versions = re.findall(r'"[@\w/-]+": "([^"]+)"', package.partition('"devDependencies"')[2])
    assert versions
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)
    assert '"resolved"' not in (ROOT / "widget" / "package-lock.json").read_text()


def test_the_tag_names_the_hash_of_what_is_served(assistant, content):
    tag = snippet(content.clinic, assistant.url)
    body = httpx.get(attribute(tag, "src")).content
    assert attribute(tag, "integrity") == "sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode()


def test_the_tag_tells_what_must_be_known_before_the_server_is_asked(content):
    tag = snippet(content.clinic, SERVER)
    assert attribute(tag, "data-emergency").startswith("Call 911 (US, Canada)=911, Call 999 (UK)=999")
    assert attribute(tag, "data-retention-days") == "30"
    assert "<noscript>" in tag


def test_what_a_clinic_wrote_cannot_leave_its_attribute(content):
    clinic = content.clinic.copy(update={"languages": ['en"><script>alert(1)</script>']})
    assert "<script>alert" not in snippet(clinic, SERVER)
    assert "<script>alert" not in hosted_page(clinic, ())


def test_a_page_with_an_older_tag_gets_the_new_one_and_nothing_else_changes(content):
    page = f"<p>before</p>{snippet(content.clinic, 'https://old.example/chat')}<p>after</p>"
    new = snippet(content.clinic, SERVER)
    assert replace_snippet(page, new) == f"<p>before</p>{new}<p>after</p>"


def test_a_page_without_a_tag_is_told_apart(content):
    assert replace_snippet("<p>nothing</p>", snippet(content.clinic, SERVER)) is None


def test_the_example_page_has_the_present_tag(content):
    page = (ROOT / "examples" / "clinic.html").read_text()
    tag = snippet(content.clinic, ASSISTANT_IN_PAGES)
    assert re.sub(r"\s+", " ", tag) in re.sub(r"\s+", " ", page), "run `make widget`"


@pytest.mark.parametrize("name", ["widget.js", "widget.mjs", "page.js"])
def test_any_site_may_load_the_files(assistant, name):
    headers = httpx.get(f"{assistant.url}/{name}", headers={"Origin": "https://any.example"}).headers
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Content-Type"].startswith("text/javascript")


def test_the_stable_name_is_fresh_briefly_and_the_one_with_a_hash_for_ever(assistant):
    file = built_file(WIDGET)
    assert "max-age=300" in httpx.get(f"{assistant.url}/{file.name}").headers["Cache-Control"]
    assert httpx.get(f"{assistant.url}/{file.versioned_name}").headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_name_with_another_hash_is_not_served(assistant):
    assert httpx.get(f"{assistant.url}/widget-000000000000.js").status_code == 404


def test_browsers_get_the_files_packed(assistant):
    with httpx.stream("GET", f"{assistant.url}/widget.js", headers={"Accept-Encoding": "gzip"}) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert len(b"".join(response.iter_raw())) <= MAX_BYTES_PACKED


def test_the_privacy_text_names_the_button_as_it_is(content):
    english = (Path(ROOT) / "widget" / "src" / "strings" / "en.json").read_text()
    label = re.search(r'"endChat": "([^"]+)"', english)
    assert label
    assert f'"{label[1]}"' in content.clinic.privacy
