"""Every convention that users bring along is shown by a journey through the real window; a table that fails when one goes.

The table says which test shows what, so that nobody removes the last one unawares. Not for: whether these tests are any good; break
the convention and see.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]

WINDOW = "journeys/test_conventions.py"
EYE = "journeys/test_conventions_of_the_eye.py"
KEYBOARD = "journeys/test_canvas_by_keyboard.py"
MOUSE, KEYS, MENUS = "gui/canvas/test_mouse.py", "gui/canvas/test_keys.py", "gui/canvas/test_menus.py"

CONVENTIONS: dict[str, tuple[str, ...]] = {
    "a palette with search and colours": (
        f"{EYE}::test_a_search_in_the_palette_finds_blocks_that_keep_their_colour_on_the_canvas",
        "gui/palette/test_palette.py::test_search_finds_and_enter_adds",
        "gui/test_theme.py::test_every_family_of_blocks_has_a_colour_that_stands_out_from_the_canvas",
    ),
    "drag from the palette places": (
        f"{EYE}::test_a_row_of_the_palette_is_dragged_to_where_it_is_wanted",
        f"{MOUSE}::test_a_block_dropped_on_empty_canvas_stays_there_unwired",
    ),
    "double-click or Enter in the palette adds behind the selected block": (
        f"{WINDOW}::test_a_palette_row_is_entered_behind_the_selected_block",
        "gui/palette/test_palette.py::test_a_double_click_adds_after_the_selected_block",
    ),
    "double-click, Space or Tab: quick-add with the focus in it": (
        f"{WINDOW}::test_quick_add_has_the_focus_and_finds_by_a_few_letters",
    ),
    "a wire into space offers blocks that fit; a new wire replaces": (
        f"{WINDOW}::test_a_wire_into_space_offers_what_fits_and_a_new_one_replaces",
    ),
    "a wire's end is dragged off": (f"{WINDOW}::test_the_end_of_a_wire_is_dragged_off",),
    "a block dropped on a wire is inserted": (
        f"{EYE}::test_a_row_of_the_palette_dropped_on_a_wire_goes_into_it",
        f"{MOUSE}::test_a_block_dropped_on_a_wire_is_inserted_and_makes_room",
    ),
    "deleting heals the chain, by Delete and by Backspace": (f"{WINDOW}::test_a_deleted_block_lets_the_chain_heal",),
    "double-click opens a block": (f"{WINDOW}::test_a_double_click_leads_into_the_settings",),
    "double-click enters a composite, breadcrumbs and Esc lead up": (
        "journeys/test_composites.py::test_a_network_is_made_of_composites_and_taken_back_step_by_step",
        "gui/canvas/test_composites.py::test_a_double_click_enters_and_a_crumb_leads_back",
    ),
    "F2 renames": (f"{WINDOW}::test_f2_renames_in_place",),
    "F1 helps": (f"{WINDOW}::test_f1_tells_what_the_block_does",),
    "Ctrl+D, Ctrl+X, Ctrl+C, Ctrl+V, Ctrl+A, Esc; copies are JSON text": (
        f"{WINDOW}::test_copied_blocks_are_json_that_pastes_into_a_chat_and_back",
    ),
    "Ctrl+G groups, Ctrl+Shift+G ungroups": (
        "journeys/test_composites.py::test_a_network_is_made_of_composites_and_taken_back_step_by_step",
        "gui/canvas/test_composites.py::test_ctrl_shift_g_takes_it_apart",
    ),
    "M bypasses": (f"{WINDOW}::test_m_bypasses_a_block",),
    "Ctrl+Z, Ctrl+Y, Ctrl+Shift+Z": (f"{WINDOW}::test_undo_and_redo_have_both_their_keys",),
    "keys are inert while a text field has the focus": (
        f"{WINDOW}::test_keys_belong_to_the_text_field_that_has_the_focus",
        f"{KEYBOARD}::test_keys_of_the_canvas_are_letters_in_a_text_field",
    ),
    "rubber band and Shift-click": (f"{WINDOW}::test_a_rubber_band_and_shift_clicks_select",),
    "Alt-drag copies, arrow keys nudge": (f"{WINDOW}::test_alt_drag_copies_and_arrows_nudge",),
    "align, distribute, tidy": (
        f"{KEYBOARD}::test_an_arrangement_through_the_list_of_commands_is_one_step",
        "gui/canvas/test_arrange.py::test_distributing_makes_gaps_equal_and_the_outermost_stay",
        f"{KEYS}::test_tidy_is_one_step_that_keeps_the_wires",
    ),
    "the wheel zooms at the cursor, middle-drag and Space-drag pan, Ctrl+0, F": (
        f"{WINDOW}::test_the_view_is_moved_and_zoomed",
    ),
    "a minimap": (
        f"{EYE}::test_the_minimap_comes_when_the_drawing_is_larger_than_the_view_and_leads_about",
        f"{MOUSE}::test_the_minimap_shows_when_something_is_out_of_sight_and_leads_there",
    ),
    "names vanish gracefully when small": (
        f"{EYE}::test_names_stay_as_long_as_they_can_be_read_and_then_leave_the_colour",
        "gui/canvas/test_far.py::test_names_go_first_then_everything_but_the_colour",
        "gui/canvas/test_picture.py::test_labels_are_hidden_when_they_are_too_small_to_read",
    ),
    "menus show their shortcuts": (
        f"{EYE}::test_a_menu_shows_the_key_that_does_the_same",
        f"{MENUS}::test_several_blocks_offer_arrange_with_its_keys",
    ),
    "Ctrl+Enter trains, Ctrl+. stops": (f"{WINDOW}::test_ctrl_return_trains_and_ctrl_dot_stops_and_keeps",),
    "Ctrl+N, Ctrl+O, Ctrl+S, Ctrl+Shift+S; the dirty mark": (
        f"{WINDOW}::test_files_are_made_opened_and_saved_by_their_keys",
    ),
    "Ctrl+F finds a block, Ctrl+K is the command palette": (
        f"{WINDOW}::test_ctrl_f_finds_a_block_and_ctrl_k_any_command",
    ),
    "asked on close": (f"{WINDOW}::test_closing_asks_for_unsaved_work_and_can_be_called_off",),
    "recovery after a crash": (
        f"{EYE}::test_unsaved_work_is_offered_when_the_program_starts_after_a_crash",
        "gui/test_window.py::test_recovery_is_offered_and_opens_the_unsaved_drawing_as_unsaved",
        "gui/test_recovery.py::test_work_that_was_killed_unsaved_can_be_recovered_equal",
    ),
    "a file dropped on the window opens": (f"{WINDOW}::test_a_project_dropped_anywhere_on_the_window_opens",),
    "training and validation keep their colours": (
        f"{EYE}::test_training_and_validation_have_their_colours_in_every_place_and_theme",
        "gui/plots/test_live.py::test_overlaid_runs_differ_by_line_and_keep_the_colour_of_their_part",
    ),
    "nothing is told by colour alone": (
        f"{EYE}::test_what_colour_tells_is_told_by_form_and_word_too",
        "gui/canvas/test_vitals.py::test_every_state_has_a_form_of_its_own_not_only_a_colour",
        "gui/canvas/test_flags.py::test_a_flag_is_seen_on_the_block_at_every_zoom_in_both_themes",
    ),
    "all of it by keyboard alone": (
        f"{KEYBOARD}::test_a_residual_network_is_drawn_by_keyboard_alone",
        "journeys/test_whole_way.py::test_every_place_can_be_reached_by_keyboard_alone",
    ),
    "accessible names": (
        f"{EYE}::test_everything_that_can_be_entered_says_what_it_is",
        "gui/test_design.py::test_every_field_and_list_has_a_name_for_screen_readers",
        "gui/canvas/test_access.py::test_a_block_is_told_with_kind_face_shape_count_neighbours_flags_and_problems",
    ),
    "light and dark follow the system": (f"{WINDOW}::test_the_theme_follows_the_system",),
}


def missing(ids: tuple[str, ...]) -> list[str]:
    """Those of the test ids that no file defines."""
    out = []
    for id_ in ids:
        file, _, name = id_.partition("::")
        path = TESTS / file
        tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
        if not any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body):
            out.append(id_)
    return out


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_a_convention_is_shown_by_tests_that_exist(convention: str) -> None:
    assert missing(CONVENTIONS[convention]) == []
    assert any(id_.startswith("journeys/") for id_ in CONVENTIONS[convention]), "no journey through the whole window"


@pytest.mark.parametrize("file", [WINDOW, EYE])
def test_every_journey_of_the_conventions_stands_for_one(file: str) -> None:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    here = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}
    told = {id_.partition("::")[2] for ids in CONVENTIONS.values() for id_ in ids if id_.startswith(f"{file}::")}
    assert here == told


def test_a_test_that_is_gone_is_missed() -> None:
    assert missing((f"{WINDOW}::test_nobody_wrote", "gui/test_no_file.py::test_x")) == [
        f"{WINDOW}::test_nobody_wrote", "gui/test_no_file.py::test_x",
    ]  # fmt: skip
