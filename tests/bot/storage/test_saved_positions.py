"""The store knows how much of each tracker is saved, as long as the tracker is in use."""

from __future__ import annotations

import gc

from rasa.shared.core.trackers import DialogueStateTracker

from bot.storage.saved_positions import SavedPosition, SavedPositions


def tracker():
    return DialogueStateTracker("a", [])


def test_the_position_of_a_tracker_is_found():
    positions, known = SavedPositions(), tracker()
    positions.put(known, SavedPosition(3, 7))
    assert positions.get(known) == SavedPosition(3, 7)


def test_a_later_position_takes_the_place_of_the_earlier_one():
    positions, known = SavedPositions(), tracker()
    positions.put(known, SavedPosition(3, 7))
    positions.put(known, SavedPosition(4, 8))
    assert positions.get(known) == SavedPosition(4, 8)


def test_an_equal_tracker_has_no_position():
    positions, known = SavedPositions(), tracker()
    positions.put(known, SavedPosition(3, 7))
    assert known == tracker()
    assert positions.get(tracker()) is None


def test_the_position_goes_with_its_tracker():
    positions, known = SavedPositions(), tracker()
    positions.put(known, SavedPosition(3, 7))
    del known
    gc.collect()
    assert len(positions) == 0
