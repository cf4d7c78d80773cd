"""YAML files with the line of each value."""

from __future__ import annotations

import pytest

from bot.content.errors import ContentErrors
from bot.content.source import read_source


@pytest.fixture
def source(tmp_path):
    file = tmp_path / "x.yml"
    file.write_text('# a note\nfirst: 1\nlist:\n  - {a: 1}\n  - a: 2\n    b: "yes"\non: yes\n', encoding="utf-8")
    return read_source(file)


@pytest.mark.parametrize(("position", "line"), [(("first",), 2), (("list", 0), 4), (("list", 0, "a"), 4), (("list", 1, "b"), 6), ((), 2)])
def test_each_value_has_its_line(source, position, line):
    assert source.line_of(position) == line


def test_an_unknown_position_has_the_line_of_what_encloses_it(source):
    assert source.line_of(("list", 1, "c", "d")) == 5


def test_on_and_yes_are_words_and_not_truth_values(source):
    assert source.data["on"] == "yes"


def test_the_name_in_errors_can_be_chosen(tmp_path):
    with pytest.raises(ContentErrors) as caught:
        read_source(tmp_path / "none.yml", "our file")
    assert caught.value.errors[0].file == "our file"


@pytest.mark.parametrize(
    "text", ["{a}: 1\n", "[a]: 1\n", "a: &x [*x]\n", "!!python/object:os.system {}\n", "a: !x 1\n", "\x00", "a: 1\n---\nb: 2\n", "- 1\n"]
)
def test_strange_yaml_is_read_or_refused_and_never_a_crash(tmp_path, text):
    file = tmp_path / "x.yml"
    file.write_text(text, encoding="utf-8")
    try:
        data = read_source(file).data
    except ContentErrors as error:
        data = {"errors": error.errors}
    assert isinstance(data, dict)
    assert data
