"""What a soak's counts say."""

from __future__ import annotations

import pytest

from bot.storage.tracker_window import MAX_CONVERSATIONS
from tests.soak.figures import Memory, Sent, Soak, lines, memory_of, settled_at

STEADY = Memory(30.0, 400.0, 120.0, 410.0)


def soak(*sent: Sent, memory: Memory | None = STEADY, **times) -> Soak:
    return Soak(40.0, 20.0, 120.0, list(sent), times, memory)


GOOD = Sent(1.0, seconds=0.02, level="info")


def test_a_soak_without_a_fault_passes():
    assert soak(GOOD).failures() == []


@pytest.mark.parametrize(
    ("one", "failure"),
    [
        (Sent(1.0, failed_tries=9), "1 lost"),
        (Sent(1.0, seconds=0.1, is_empty=True), "1 empty"),
        (Sent(1.0, is_alarm=True, seconds=0.1, level="urgent"), "1 alarms missed"),
    ],
)
def test_one_message_that_went_wrong_fails_it(one, failure):
    assert soak(GOOD, one).failures() == [failure]


def test_an_alarm_that_was_heard_is_none_missed():
    assert soak(Sent(1.0, is_alarm=True, seconds=0.1, level="emergency")).failures() == []


def test_memory_may_grow_a_little():
    assert soak(GOOD, memory=Memory(30.0, 400.0, 120.0, 419.0)).failures() == []
    assert soak(GOOD, memory=Memory(30.0, 400.0, 120.0, 424.0)).failures() == ["memory grew by 6.0 %"]


def test_nothing_that_was_not_measured_passes():
    assert soak(memory=None).failures() == ["nothing was answered", "the memory could not be compared"]


def test_memory_is_compared_after_the_warm_up_of_the_last_process():
    samples = [(float(at), 900.0) for at in range(20)] + [(float(at), 300.0 + at) for at in range(20, 101)]
    found = memory_of(samples, since=20.0, settled=30.0)
    assert found is not None
    assert (found.start_at, found.start) == (40.0, 344.5)
    assert found.end == pytest.approx(395.5)


def test_a_process_that_lived_too_short_is_not_compared():
    assert memory_of([(float(at), 300.0) for at in range(30)], since=10.0, settled=11.0) is None
    assert memory_of([], since=0.0, settled=1.0) is None


def test_memory_is_compared_after_the_process_remembers_all_that_it_may():
    samples = [(float(at), 300.0 + at) for at in range(101)]
    found = memory_of(samples, since=0.0, settled=60.0)
    assert found is not None
    assert (found.start_at, found.start) == (60.0, 364.5)
    assert memory_of(samples, since=0.0, settled=90.0) is None
    assert memory_of(samples, since=0.0, settled=None) is None


def test_a_process_has_settled_when_it_has_met_as_many_talks_as_it_remembers():
    talks = [float(at) for at in range(2 * MAX_CONVERSATIONS)]
    assert settled_at(talks, since=100.0) == 99.0 + MAX_CONVERSATIONS
    assert settled_at(talks, since=1.5 * MAX_CONVERSATIONS) is None


def test_replies_that_met_a_fault_are_left_out_of_the_undisturbed_ones():
    during, waited = Sent(11.0, seconds=0.1), Sent(9.0, seconds=2.0)
    cut, after = Sent(20.0, seconds=0.1, failed_tries=1), Sent(20.0, seconds=0.1)
    assert soak(during, waited, cut, after, locked=[(10.0, 14.0)]).undisturbed() == [after]


def test_the_figures_say_what_was_sent_and_lost():
    shown = "\n".join(lines(soak(GOOD, Sent(2.0, failed_tries=3), locked=[(1.0, 2.0)])))
    assert "sent 2 (alarms 0), answered 1, lost 1" in shown
    assert "locked 1" in shown
