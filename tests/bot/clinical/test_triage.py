"""The decision table over every combination of findings, and its small evaluator."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clinical.triage import LEVELS, SEVERITIES, Outcome, evaluate, highest, level_of_situations, open_alarm, rule_matches, severity
from bot.content import load_content
from bot.settings import CONTENT_DIR

CONTENT = load_content(CONTENT_DIR)
ITEMS = [item.id for item in CONTENT.items.values() if item.kind != "background"]
DANGER = [item.id for item in CONTENT.items.values() if item.kind == "danger_sign"]
OTHERS = [item for item in ITEMS if item not in DANGER]
CUT_OFF = ["missed_dose", "pump_problem"]
ANSWERS = {item: sorted((choice.value for choice in CONTENT.choices_of(item)), key=SEVERITIES.index) for item in ITEMS}
FINDINGS = st.fixed_dictionaries({}, optional={item: st.sampled_from(values) for item, values in ANSWERS.items()})
INFO, SOON, URGENT, EMERGENCY = (LEVELS.index(level) for level in ("info", "soon", "urgent", "emergency"))


@pytest.fixture(scope="module")
def axes():
    """The severities of each item as one axis of the grid, so that rules broadcast over all combinations."""
    ranks = [np.array([severity(value) for value in ANSWERS[item]], np.uint8) for item in ITEMS]
    return dict(zip(ITEMS, np.ix_(*ranks)))


@pytest.fixture(scope="module")
def grid(axes):
    """The level of every combination, an axis per item."""
    shape = tuple(len(ANSWERS[item]) for item in ITEMS)
    levels = np.full(shape, INFO, np.uint8)
    for rule in CONTENT.triage.rules:
        np.maximum(levels, np.uint8(LEVELS.index(rule.level)), out=levels, where=np.broadcast_to(rule_matches(rule, axes), shape))
    return levels


def along(grid, item, value):
    """The part of the grid in which an item has an answer."""
    return np.take(grid, ANSWERS[item].index(value), axis=ITEMS.index(item))


def level(**findings):
    return evaluate(CONTENT.triage, findings).level


def test_the_grid_holds_every_combination_of_the_fifteen_items(grid):
    assert len(ITEMS) == 15
    assert grid.size == 4 * 3**14


@pytest.mark.parametrize("item", ITEMS)
def test_a_graver_answer_never_lowers_the_level_in_any_combination(grid, item):
    axis = ITEMS.index(item)
    for graver in range(1, grid.shape[axis]):
        assert (np.take(grid, graver, axis=axis) >= np.take(grid, graver - 1, axis=axis)).all()


@pytest.mark.parametrize("item", DANGER)
def test_a_danger_sign_is_an_emergency_in_every_combination(grid, item):
    assert (along(grid, item, "yes") == EMERGENCY).all()


@pytest.mark.parametrize("item", DANGER)
def test_a_danger_sign_in_doubt_is_at_least_urgent_in_every_combination(grid, item):
    assert (along(grid, item, "not_sure") >= URGENT).all()


@pytest.mark.parametrize("item", CUT_OFF)
def test_a_cut_off_is_at_least_urgent_in_every_combination(grid, item):
    assert (along(grid, item, "yes") >= URGENT).all()


def test_getting_worse_after_an_increase_is_at_least_urgent_in_every_combination(grid):
    assert (along(grid, "dose_increase", "yes") >= URGENT).all()


@pytest.mark.parametrize("cut_off", CUT_OFF)
@pytest.mark.parametrize("sign", DANGER)
def test_a_danger_sign_in_doubt_is_an_emergency_when_baclofen_is_cut_off(axes, grid, sign, cut_off):
    chosen = np.broadcast_to((axes[sign] >= severity("not_sure")) & (axes[cut_off] == severity("yes")), grid.shape)
    assert (grid[chosen] == EMERGENCY).all()


@pytest.mark.parametrize("item", ITEMS)
def test_any_doubt_is_at_least_soon_in_every_combination(grid, item):
    assert (along(grid, item, "not_sure") >= SOON).all()


def test_only_the_combination_of_all_no_is_info(grid):
    assert (grid == INFO).sum() == 1
    assert grid[(0,) * grid.ndim] == INFO


def test_no_combination_is_an_emergency_without_a_danger_sign_at_least_in_doubt(axes, grid):
    no_sign = np.logical_and.reduce([np.broadcast_to(axes[sign] < severity("not_sure"), grid.shape) for sign in DANGER])
    assert grid[no_sign].max() == URGENT


@pytest.mark.parametrize("item", ["infection", "constipation", "pressure_sore", "sedatives", "kidney_disease"])
def test_a_trigger_or_modifier_alone_is_soon(item):
    assert level(**{item: "yes"}) == "soon"


def test_worse_spasticity_alone_is_soon():
    assert level(rebound_spasticity="somewhat") == "soon"


def test_a_danger_sign_in_doubt_is_an_emergency_when_doses_were_missed():
    assert level(high_fever="not_sure", missed_dose="yes") == "emergency"


def test_a_danger_sign_in_doubt_is_an_emergency_when_the_pump_has_a_problem():
    assert level(seizure="not_sure", pump_problem="yes") == "emergency"


@pytest.mark.parametrize("modifier", ["sedatives", "kidney_disease"])
@pytest.mark.parametrize("sign", ["altered_mental_state", "oversedation"])
def test_doubtful_confusion_or_sleepiness_is_an_emergency_with_sedatives_or_weak_kidneys(sign, modifier):
    assert level(**{sign: "not_sure", modifier: "yes"}) == "emergency"


def test_no_findings_at_all_are_info():
    assert evaluate(CONTENT.triage, {}) == Outcome("info", (), ())


def test_the_route_alone_changes_nothing():
    assert level(route="pump") == "info"


@settings(max_examples=400, deadline=None)
@given(FINDINGS)
def test_the_evaluator_agrees_with_the_grid(grid, findings):
    place = tuple(ANSWERS[item].index(findings.get(item, "no")) for item in ITEMS)
    assert level(**findings) == LEVELS[grid[place]]


@settings(max_examples=300, deadline=None)
@given(FINDINGS)
def test_the_outcome_names_only_items_that_were_answered_gravely_enough(findings):
    outcome = evaluate(CONTENT.triage, findings)
    assert set(outcome.items) <= {item for item, value in findings.items() if severity(value) > 0}


@settings(max_examples=300, deadline=None)
@given(FINDINGS)
def test_an_outcome_above_info_always_gives_a_reason(findings):
    outcome = evaluate(CONTENT.triage, findings)
    assert bool(outcome.items) == (outcome.level != "info")


@settings(max_examples=300, deadline=None)
@given(FINDINGS)
def test_all_rules_of_an_outcome_have_its_level(findings):
    outcome = evaluate(CONTENT.triage, findings)
    assert {rule.level for rule in CONTENT.triage.rules if rule.id in outcome.rules} <= {outcome.level}


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.text(), st.text()))
def test_unknown_items_and_answers_change_nothing(findings):
    assert evaluate(CONTENT.triage, findings).level == "info"


def test_the_gravest_item_is_named_first():
    findings = {"seizure": "not_sure", "high_fever": "not_sure", "missed_dose": "yes"}
    assert evaluate(CONTENT.triage, findings).items == ("missed_dose", "seizure", "high_fever")


def test_items_of_equal_gravity_keep_the_order_of_the_answers():
    outcome = evaluate(CONTENT.triage, {"seizure": "yes", "high_fever": "yes"})
    assert outcome.items == ("seizure", "high_fever")


def test_the_deciding_rules_are_in_table_order():
    order = [rule.id for rule in CONTENT.triage.rules]
    found = evaluate(CONTENT.triage, {"missed_dose": "yes", "dose_increase": "yes", "pump_problem": "yes"}).rules
    assert list(found) == sorted(found, key=order.index)
    assert len(found) == 3


def test_the_highest_level_wins():
    assert highest("info", "emergency", "soon") == "emergency"


def test_the_highest_of_no_levels_is_none():
    assert highest() == "none"


def test_the_severities_rise_from_no_to_yes():
    assert [severity(value) for value in ("no", "somewhat", "not_sure", "yes")] == [0, 1, 2, 3]


@pytest.mark.parametrize("value", [None, "tablets", ""])
def test_an_unanswered_or_background_answer_ranks_as_no(value):
    assert severity(value) == 0


@pytest.mark.parametrize("slot", ["emergency", "crisis"])
def test_an_open_alarm_is_read_from_its_slot(slot):
    assert open_alarm(slot) == slot


@pytest.mark.parametrize("slot", ["closed", None, "", True, 7])
def test_any_other_slot_value_is_no_open_alarm(slot):
    assert open_alarm(slot) is None


URGENT_SITUATIONS = [
    "missed_doses",
    "ran_out",
    "stopped",
    "pump_problem",
    "worse_after_increase",
    "kidney_side_effects",
    "sedative_drowsy",
    "early_signs",
]


@pytest.mark.parametrize("name", URGENT_SITUATIONS)
def test_a_dangerous_situation_is_urgent(name):
    assert level_of_situations(CONTENT, [name]) == "urgent"


@pytest.mark.parametrize("name", ["late_dose", "worse_spasticity", "trigger", "side_effects"])
def test_a_lesser_situation_is_soon(name):
    assert level_of_situations(CONTENT, [name]) == "soon"


def test_the_gravest_of_several_situations_decides():
    assert level_of_situations(CONTENT, ["late_dose", "pump_problem", "trigger"]) == "urgent"


def test_no_situation_has_no_level():
    assert level_of_situations(CONTENT, []) == "none"


def test_no_rule_asks_for_less_than_somewhat():
    assert all(severity(condition.at_least) > 0 for rule in CONTENT.triage.rules for condition in rule.when)
