"""The loader: right content loads, and each kind of wrong file gives file, line and remedy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.content.errors import ContentError, ContentErrors
from bot.content.loader import FILES
from bot.content.models import INTERFACE_ITEMS, INTERFACE_TOPICS
from bot.settings import CONTENT_DIR, ROOT


def test_the_shipped_content_loads(copy):
    assert copy.load().clinic.name == "your clinic"


def test_every_topic_of_the_interface_has_an_answer(content):
    assert set(content.answers) == set(INTERFACE_TOPICS)


def test_every_checklist_item_of_the_interface_is_there(content):
    assert set(content.items) == set(INTERFACE_ITEMS)


def test_loading_needs_no_framework():
    imports = "import sys, bot.content, bot.clinical.triage, bot.clinical.checklist"
    code = f"{imports}; sys.exit(any(m.split('.')[0] in ('rasa', 'rasa_sdk') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(copy, name):
    copy.file(name).unlink()
    error = copy.only_error()
    assert (error.file, error.line, error.problem) == (f"{name}.yml", 1, "the file is missing")


def test_all_missing_files_are_named_at_once(copy):
    copy.file("claims").unlink()
    copy.file("triage").unlink()
    assert [error.file for error in copy.errors()] == ["claims.yml", "triage.yml"]


@pytest.mark.parametrize("name", FILES)
def test_bad_yaml_is_located(copy, name):
    line = copy.append(name, "broken: [1, 2\nnext: 3\n")
    error = copy.only_error()
    assert error.file == f"{name}.yml"
    assert line <= error.line <= line + 2


@pytest.mark.parametrize("name", FILES)
def test_an_empty_file_is_an_error(copy, name):
    copy.file(name).write_text("", encoding="utf-8")
    assert copy.only_error().file == f"{name}.yml"


@pytest.mark.parametrize("name", FILES)
def test_a_misspelt_key_at_the_top_is_an_error_and_not_silence(copy, name):
    line = copy.append(name, "unheard_of: {}\n")
    error = copy.only_error()
    assert (error.file, error.line) == (f"{name}.yml", line)
    assert "unheard_of" in error.problem


UNKNOWN_KEYS = [
    ("claims", '{id: c01, section: mechanism, text: "Bac', '{id: c01, section: mechanism, txet: "x", text: "Bac'),
    ("answers", 'question: "How does baclofen work?"', 'question: "How does baclofen work?"\n    sources: "x"'),
    ("checklist", "  - id: seizure\n", "  - id: seizure\n    hint: x\n"),
    ("triage", "{id: cut_off, level", "{id: cut_off, lvl: urgent, level"),
    ("advice", '    action: "Call {emergency_number} now."', '    acton: "x"\n    action: "Call {emergency_number} now."'),
    ("messages", '    text: "You are welcome.', '    txt: "x"\n    text: "You are welcome.'),
]


@pytest.mark.parametrize(("name", "old", "new"), UNKNOWN_KEYS, ids=[case[0] for case in UNKNOWN_KEYS])
def test_an_unknown_key_is_located(copy, name, old, new):
    line = copy.edit(name, old, new)
    error = copy.only_error()
    assert error.file == f"{name}.yml"
    assert error.line == line + (new.count("\n") if new.startswith(("question", "  - id")) else 0) - (new.endswith("x\n"))
    assert "extra fields not permitted" in error.problem


def test_a_missing_key_points_to_the_entry_that_lacks_it(copy):
    line = copy.edit(
        "claims", '{id: c02, section: mechanism, text: "Baclofen switches', '{id: c02, section: mechanism, note: "Baclofen switches'
    )
    errors = copy.errors()
    assert {error.line for error in errors} == {line}
    assert any("c" in error.problem and "field required" in error.problem for error in errors)


WRONG_VALUES = [
    ("claims", "id: c72", "id: 72c"),
    ("triage", "{id: cut_off, level: urgent", "{id: cut_off, level: high"),
    ("checklist", "    kind: background", "    kind: chitchat"),
    ("messages", 'payload: "/talk_to_human"', 'payload: "talk to human"'),
    ("clinic", "retention_days: 30", "retention_days: 0"),
    ("clinic", 'tel: "999"', 'tel: "nine"'),
    ("clinic", 'name: "your clinic"', 'name: ""'),
]


@pytest.mark.parametrize(("name", "old", "new"), WRONG_VALUES)
def test_a_wrong_value_is_located(copy, name, old, new):
    line = copy.edit(name, old, new)
    error = copy.only_error()
    assert (error.file, error.line) == (f"{name}.yml", line)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("claims", "  - {id: c02, section", "  - {id: c01, section"),
        ("answers", "  - topic: uses", "  - topic: mechanism"),
        ("checklist", "  - id: constipation", "  - id: infection"),
    ],
)
def test_an_id_that_stands_there_twice_is_located(copy, name, old, new):
    line = copy.edit(name, old, new)
    error = copy.only_error()
    assert (error.file, error.line) == (f"{name}.yml", line)
    assert "twice" in error.problem


def test_a_key_that_stands_there_twice_is_located(copy):
    line = copy.append("messages", "button_set: {}\n")
    error = copy.only_error()
    assert error.file == "messages.yml"
    assert "duplicate" in error.problem
    assert error.line == line


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("claims", "claims"),
        ("answers", "answers"),
        ("checklist", "items"),
        ("advice", "cards"),
        ("messages", "messages"),
        ("languages", "texts"),
    ],
)
@pytest.mark.parametrize("value", ["5", "null", "text", "[]"])
def test_a_list_or_mapping_of_the_wrong_kind_is_an_error_and_not_a_crash(copy, name, key, value):
    source = copy.file(name).read_text(encoding="utf-8")
    start = source.index(f"\n{key}:") + 1
    copy.file(name).write_text(source[:start] + f"{key}: {value}\n", encoding="utf-8")
    assert {error.file for error in copy.errors()} >= {f"{name}.yml"}


@pytest.mark.parametrize("rules", ["5", "[5]", "[{id: a, level: soon, when: 5}]", "[{id: a, level: soon, when: [5]}]", "null", "text"])
def test_a_decision_table_of_the_wrong_shape_is_an_error_and_not_a_crash(copy, rules):
    text = copy.file("triage").read_text(encoding="utf-8")
    start, end = text.index("rules:"), text.index("# What a single message")
    copy.file("triage").write_text(f"{text[:start]}rules: {rules}\n{text[end:]}", encoding="utf-8")
    assert {error.file for error in copy.errors()} == {"triage.yml"}


def test_an_unknown_group_of_items_is_located(copy):
    line = copy.edit("triage", "{any_of: mind_or_breathing, at_least: not_sure}", "{any_of: minds, at_least: not_sure}")
    error = copy.only_error()
    assert (error.file, error.line) == ("triage.yml", line)
    assert "mind_or_breathing" in error.remedy


def test_a_file_that_is_not_utf8_is_an_error(copy):
    copy.file("claims").write_bytes(b"claims: [\xff\xfe]")
    assert copy.only_error().remedy == "save it as UTF-8"


def test_several_errors_are_told_at_once(copy):
    copy.edit("clinic", "retention_days: 30", "retention_days: -1")
    copy.edit("checklist", "    kind: background", "    kind: chitchat")
    assert {error.file for error in copy.errors()} == {"clinic.yml", "checklist.yml"}


def test_a_clinic_file_overrides_the_keys_that_it_names(copy, clinic_file):
    content = copy.load(clinic_file('name: "Hill Clinic"\nretention_days: 7\n'))
    assert (content.clinic.name, content.clinic.retention_days) == ("Hill Clinic", 7)


def test_a_clinic_file_leaves_the_other_keys_as_they_are(copy, clinic_file):
    assert copy.load(clinic_file("retention_days: 7\n")).clinic.emergency == copy.load().clinic.emergency


@pytest.mark.parametrize("sample", sorted(path.name for path in (CONTENT_DIR / "clinic-samples").glob("*.yml")))
def test_the_sample_clinics_load(copy, sample):
    assert copy.load(CONTENT_DIR / "clinic-samples" / sample).clinic.name != "your clinic"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('name: "Hill"\nretention_days: never\n', 2),
        ('name: "Hill"\n\nphone: "555"\n', 3),
        ('emergency:\n  say: "911"\n  calls: []\n', 3),
        ('clinic_line: {say: "call", tel: "a b"}\n', 1),
        ('name: "Hill"\nname: "Dale"\n', 2),
        ('name: "Hill\n', 1),
        ("- a\n- b\n", 1),
    ],
)
def test_a_wrong_clinic_file_is_located(copy, clinic_file, text, line):
    file = clinic_file(text)
    error = copy.only_error(file)
    assert error.file == str(file)
    assert line <= error.line <= line + 1


def test_a_clinic_file_that_is_not_there_is_named(copy, tmp_path):
    assert copy.only_error(tmp_path / "nowhere.yml").file == str(tmp_path / "nowhere.yml")


def test_a_clinic_file_that_is_a_folder_is_an_error_and_not_a_crash(copy, tmp_path):
    assert copy.only_error(tmp_path).file == str(tmp_path)


def test_an_unknown_placeholder_in_a_clinic_file_is_an_error(copy, clinic_file):
    file = clinic_file('privacy: "Kept for {retention_dayz} days."\n')
    error = copy.only_error(file)
    assert (error.file, error.line) == (str(file), 1)


def test_an_error_says_where_what_and_what_to_do():
    assert str(ContentError("a.yml", 3, "it is wrong", "mend it")) == "a.yml, line 3: it is wrong -> mend it"


def test_the_exception_lists_all_errors():
    errors = ContentErrors([ContentError("a.yml", 1, "p", "r"), ContentError("b.yml", 2, "q", "s")])
    assert "2 error(s)" in str(errors)
    assert "b.yml, line 2: q -> s" in str(errors)


def test_models_cannot_be_changed(content):
    with pytest.raises(TypeError):
        content.clinic.name = "other"


def test_nothing_counts_as_reviewed_until_a_clinician_signs(content):
    parts = [*content.answers.values(), *content.items.values(), *content.cards.values(), content.triage]
    assert [part for part in parts if part.reviewed.signed] == []


def test_every_file_of_the_content_folder_is_loaded():
    assert {path.stem for path in Path(CONTENT_DIR).glob("*.yml")} == set(FILES)
