"""The masking stays as good as it was measured."""

from __future__ import annotations

import pytest

from tests.masking.__main__ import rules
from tests.masking.names import FILE, first_names
from tests.masking.records import KINDS, count, read, records


@pytest.mark.parametrize(("name", "least_names", "most_wrong"), [("development", 43, 0), ("test", 44, 1)])
def test_the_masking_finds_what_it_found_when_it_was_measured(name, least_names, most_wrong):
    result = count(rules, records(name))
    assert result.found["name"] >= least_names
    assert {kind: result.found[kind] for kind in KINDS if kind != "name"} == {"phone": 16, "email": 6}
    assert len(result.wrong) <= most_wrong, result.wrong


def test_no_text_is_in_both_sets():
    assert not {record.text.lower() for record in records("development")} & {record.text.lower() for record in records("test")}


def test_a_half_masked_name_counts_as_missed():
    result = count(lambda text: [("name", 11, 14)], [read("my name is <name>Tom Jones</name>")])
    assert result.found["name"] == 0


def test_a_mask_beside_the_detail_counts_as_false():
    result = count(lambda text: [("name", 0, 2)], [read("my name is <name>Tom</name>")])
    assert len(result.wrong) == 1


def test_the_list_of_first_names_is_the_librarys():
    assert FILE.read_text(encoding="utf-8").split() == first_names()
