"""The console in a browser: a game of an umpire and six seats, by hand, by keyboard, on a telephone, for the blind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.table.browsers import Person, Served, chromium, served
from wargame.table.game import Game
from wargame.table.matters import IN_FULL

SEATS = ("FRA", "GBR", "GER", "ITA", "POL", "SOV")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def console(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with (
        Game.create(tmp_path_factory.mktemp("game") / "days.game", "three_days_1939") as game,
        served(game) as found,
    ):
        yield found


def faults_of(page: Any) -> list[str]:
    """What axe finds wrong with a page, each in a line."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['help']}: {n['target']}: {n['failureSummary']}" for v in found for n in v["nodes"]]


def test_an_umpire_and_six_seats_play_two_turns(browser: Any, console: Served) -> None:
    game = console.game
    umpire = Person.at(browser, console, "umpire")
    seats = {place: Person.at(browser, console, place) for place in SEATS}
    poland = seats["POL"]

    # orders: typed, by the map, one sent back
    poland.write("Orders, one a line", "mobilise\nattakc everybody at once")
    poland.press("Hand in")
    poland.reads("unreadable")
    assert game.orders("POL")["accepted"] == ["mobilise"]
    poland.write("Orders, one a line", "pol_armia_lodz defend ")
    poland.click_map("lodz")
    poland.click_map("warszawa")
    poland.reads("line 1: pol_armia_lodz defend lodz, warszawa")
    poland.press("Hand in")
    poland.page.get_by_label("Take back: pol_armia_lodz defend lodz, warszawa").wait_for()
    seats["GBR"].write("Orders, one a line", "propose defence with POL")
    seats["GBR"].press("Hand in")
    for place, line in (("FRA", "mobilise"), ("SOV", "free: wait"), ("ITA", "stand down"), ("GER", "free: rehearse")):
        seats[place].write("Orders, one a line", line)
        seats[place].press("Hand in")

    # a message, a question, an inject
    poland.tab("Mail")
    poland.page.get_by_label("FRA", exact=True).check()
    poland.write("Message", "Will you march?")
    poland.press("Send")
    poland.write("Question to the umpire", "How many divisions stand in Slovakia?")
    poland.press("Ask")
    umpire.tab("Mail")
    umpire.write("Answer to POL", "Nobody knows.")
    umpire.press("Answer")
    poland.reads("Nobody knows.")
    umpire.tab("Injects")
    umpire.write("Text", "The harvest is in.")
    umpire.page.get_by_label("Everybody", exact=True).check()
    umpire.press("Inject")
    seats["ITA"].tab("News")
    seats["ITA"].reads("The harvest is in.")

    # what is contested, and a ruling
    umpire.tab("Turn")
    umpire.write("Roll-outs", "4")
    umpire.press("Propose")
    umpire.tab("Matters")
    umpire.page.get_by_text("The rules:").first.wait_for()
    umpire.page.get_by_label("Reason", exact=True).first.fill("as the rules have it")
    umpire.press("Accept")
    umpire.reads("Ruled")

    # odds in the background
    umpire.tab("Odds")
    umpire.write("Times", "4")
    umpire.write("Days", "2")
    umpire.press("Play on")
    umpire.reads("4 times from")
    assert "[object" not in umpire.page.locator("main").inner_text()

    # exactly what a seat sees
    umpire.page.get_by_label("See as").select_option("POL")
    umpire.page.locator(".field.preview").wait_for()
    umpire.reads("Your objectives (secret)")
    assert umpire.digest() == poland.digest() != seats["SOV"].digest()
    assert umpire.page.get_by_role("button", name="Hand in").is_disabled()
    umpire.page.get_by_label("See as").select_option("")

    # two turns, back, and on again
    for turn in (2, 3):
        umpire.tab("Turn")
        umpire.press("Commit the turn")
        for one in (umpire, *seats.values()):
            one.page.locator("#clock", has_text=f"turn {turn}").wait_for()
    assert game.state.turn == 2
    poland.tab("Report")
    poland.reads("Report to the Government of Poland")
    umpire.press("Undo a turn")
    seats["FRA"].page.locator("#clock", has_text="turn 2").wait_for()
    umpire.press("Redo")
    seats["FRA"].page.locator("#clock", has_text="turn 3").wait_for()
    seats["FRA"].tab("Mail")
    seats["FRA"].reads("Will you march?")
    assert {p.place: p.faults for p in (umpire, *seats.values()) if p.faults} == {}


def test_pages_are_fit_for_those_who_cannot_see_them(browser: Any, console: Served) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(console.url)
    page.get_by_label("Place").wait_for()
    assert faults_of(page) == []
    context.close()
    for place in ("POL", "umpire", "observer"):
        one = Person.at(browser, console, place)
        for tab in one.page.get_by_role("tab").all():
            tab.click()
            one.page.wait_for_timeout(100)
            assert [f"{place}, {tab.inner_text()}: {f}" for f in faults_of(one.page)] == []
        one.page.context.close()


def test_a_telephone_shows_every_page_without_scrolling_sideways(browser: Any, console: Served) -> None:
    for place in ("GBR", "umpire"):
        one = Person.at(browser, console, place, (390, 844), has_touch=True, is_mobile=True, device_scale_factor=2)
        for tab in one.page.get_by_role("tab").all():
            tab.click()
            one.page.wait_for_timeout(100)
            wide = one.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 390, f"{place}, {tab.inner_text()}: {wide} px wide"
        one.page.context.close()


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["desktop", "telephone"])
def test_ten_matters_stand_in_full_and_the_others_in_a_line_that_opens_by_keyboard(
    size: tuple[int, int], browser: Any, tmp_path: Path
) -> None:
    with Game.create(tmp_path / "w.game", "fall_weiss_1939", seats=["POL"], seed=7) as game, served(game) as console:
        found = game.propose(2)
        assert len(found) > IN_FULL + 5
        umpire = Person.at(browser, console, "umpire", size)
        umpire.tab("Matters")
        umpire.reads(f"The other {len(found) - IN_FULL}, in a line each")
        matters, page = umpire.page.locator("details.matter"), umpire.page
        assert matters.count() == len(found)
        assert [matters.nth(k).get_attribute("open") is not None for k in range(len(found))] == [
            k < IN_FULL for k in range(len(found))
        ]
        umpire.press("Shut all")
        assert page.locator("details.matter[open]").count() == 0
        heights = [matters.nth(k).bounding_box()["height"] for k in range(IN_FULL, len(found))]
        assert max(heights) < 36, "more than a line"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        matters.nth(IN_FULL - 1).locator("summary").first.focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        opened = page.locator("details.matter[open]")
        assert opened.count() == 1
        assert opened.get_attribute("data-id") == found[IN_FULL].id
        opened.get_by_role("button", name="Accept").click()
        umpire.page.get_by_text("Ruled:").first.wait_for()
        assert [r.proposal for r in game.state.rulings.values()] == [found[IN_FULL].id]
        assert faults_of(page) == []
        assert umpire.faults == []


def test_an_order_is_written_and_handed_in_by_keyboard_alone(browser: Any, console: Served) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(console.url)
    page.get_by_label("Place").wait_for()
    at = "document.activeElement.getAttribute('aria-label') || document.activeElement.id"

    def go_to(label: str) -> None:
        for _ in range(60):
            if page.evaluate(at) == label:
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach '{label}'")

    go_to("place")
    page.keyboard.type("SOV")
    page.keyboard.press("Tab")
    page.keyboard.type("Boris")
    page.keyboard.press("Tab")
    page.keyboard.type(console.codes["SOV"])
    page.keyboard.press("Enter")
    page.locator("path.province").first.wait_for(state="attached")
    go_to("Orders, one a line")
    page.keyboard.type("free: by keyboard alone")
    page.keyboard.press("Control+Enter")
    page.get_by_label("Take back: free: by keyboard alone").wait_for()
    assert "free: by keyboard alone" in console.game.orders("SOV")["accepted"]
    context.close()


def test_each_umpire_presses_what_is_his_role_s_and_reads_a_seat_s_papers(browser: Any, console: Served) -> None:
    place = "umpire:liaison"
    console.codes[place] = console.game.new_code(place)
    one = Person.at(browser, console, place)
    one.reads("The lead umpire presses these.")
    assert one.page.get_by_role("button", name="Commit the turn").is_disabled()
    assert one.page.get_by_role("button", name="Note", exact=True).is_enabled()
    one.tab("Injects")
    assert one.page.get_by_role("button", name="Inject", exact=True).is_enabled()
    assert one.page.get_by_label("Effects, one a line").count() == 0
    one.write("Text", "It rains.")
    one.page.get_by_label("Everybody", exact=True).check()
    one.press("Inject")
    one.reads("It rains.")
    assert console.game.store.acts[-1].who == f"Anna of {place} (liaison)"
    one.page.get_by_label("See as").select_option("POL")
    one.tab("Briefing")
    one.reads("What only you know.")
    assert one.faults == []
    one.page.context.close()


def test_a_paper_s_lines_flow_in_paragraphs_lists_and_quotations(browser: Any, console: Served) -> None:
    page = browser.new_page()
    page.goto(console.url)
    script = "async (text) => (await import('/static/console.js')).markdown(text).innerHTML"
    made = page.evaluate(script, "one\ntwo\n\nthree\n- x\n  y\n\n> **a**\n>\n> b\n> c\n\nend\n> <b>d</b>")
    assert made == (
        "<p>one two</p><p>three</p><ul><li>x y</li></ul><blockquote><p><b>a</b></p><p>b c</p></blockquote>"
        "<p>end</p><blockquote><p>&lt;b&gt;d&lt;/b&gt;</p></blockquote>"
    )
    page.close()
