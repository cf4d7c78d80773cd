"""Writes what the proxy says when no assistant can: `ASSISTANT_CLINIC_FILE=… python deploy/proxy/answers.py [FOLDER]`.

The texts are the content's own, with the clinic's numbers; run it again when either changes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.content import installed_content
from bot.content.response_names import utter
from bot.conversation.replies import Replies

FIXED_TEXTS = {"unavailable": "outage", "too_long": "too_long"}


def main() -> None:
    """Writes the files."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    replies = Replies(installed_content())
    for code, response in FIXED_TEXTS.items():
        body = {"error": {"code": code, "message": replies.fixed(utter(response))["text"]}}
        (folder / f"{code}.json").write_text(json.dumps(body, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
