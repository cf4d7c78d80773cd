"""Which sites may show the hosted page in an iframe."""

from __future__ import annotations

from bot.channels.web.pages import page_policy


def test_by_default_no_other_site_may_frame_the_hosted_page():
    assert "frame-ancestors 'self';" in page_policy(())


def test_named_sites_may_frame_the_hosted_page():
    assert "frame-ancestors 'self' https://clinic.example https://portal.example:8443;" in page_policy(
        ("https://clinic.example", "https://portal.example:8443")
    )


def test_no_script_of_another_host_and_no_inline_script_runs_on_the_hosted_page():
    policy = page_policy(())
    assert "default-src 'none'; script-src 'self';" in policy
    assert "unsafe" not in policy
