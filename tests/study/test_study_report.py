"""The report of a study: what it says is in its tables, its answer is the known one, and it stands by itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.study.test_statistics import latent
from tests.study.toy_study import loaded, play
from tests.toy_politics import politics
from wargame.errors import InputError, WargameError
from wargame.study import paper, phrases, statistics
from wargame.study.design import load
from wargame.study.folder import open_study
from wargame.study.paper import Box, Grid, Paper, Picture, Points, Section, Text
from wargame.study.results import Results
from wargame.study.statistics import Estimate
from wargame.study.study_report import write_report

CRISIS = """[study]
id = "crisis"
title = "Does a cool head keep the peace?"
question = "Red may attack Blue in 1930. Does it hang on how sharply Red's leader tells better from worse?"
scenario = "scenarios/toy.toml"
runs = 60

[[factors]]
id = "head"
title = "How sharply gain and loss are told apart"
[[factors.levels]]
id = "hot"
rulebook = { "deterrence.temper" = 0.3, "deterrence.blood" = 0.2 }
[[factors.levels]]
id = "cool_head"
rulebook = { "deterrence.temper" = 0.15, "deterrence.blood" = 0.2 }

[[questions]]
id = "attack"
title = "Red attacks Blue"
operation = "case_red"

[[questions]]
id = "dead"
title = "Blue dead"
losses = "BLU.killed"

[[questions]]
id = "day"
title = "Day of the attack"
operation = "case_red"
measure = "launch_day"

[[questions]]
id = "yellow"
title = "Yellow fights Red"
war = ["YEL", "RED"]
"""

RANGES = """[study]
id = "ranges"
title = "What Blue's losses hang on"
scenario = "scenarios/toy.toml"
runs = 2

[design]
kind = "sobol"
points = 4

[[factors]]
id = "pace"
number = "combat.break_off_per_day"
[[factors]]
id = "river"
number = "combat.river"

[[questions]]
id = "blue_dead"
title = "Blue dead"
losses = "BLU.killed"

[[questions]]
id = "red_wins"
title = "Red wins"
operation = "red_attack"
outcomes = ["launched_succeeded"]
"""


@pytest.fixture(scope="module")
def crisis(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two settings of the toy crisis, whose answers the latent draws of the seeds tell beforehand."""
    folder = tmp_path_factory.mktemp("crisis")
    forces = {"RED": 6, "BLU": 6, "GRN": 3, "YEL": 2}
    politics(folder, rulebook={"deterrence.long_war_spread": 0.0}, divisions=forces, ends="1930-10-01")
    (folder / "study.toml").write_text(CRISIS, encoding="utf-8")
    play(load(folder / "study.toml"), folder / "out")
    write_report(open_study(folder / "out"), folder / "out" / "report.html")
    return folder / "out"


@pytest.fixture(scope="module")
def ranges(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ranges")
    play(loaded(folder, RANGES), folder / "out")
    write_report(open_study(folder / "out"), folder / "out" / "report.html")
    return folder / "out"


def read(out: Path, name: str = "report.md") -> str:
    return (out / name).read_text(encoding="utf-8")


def rows(text: str, caption: str) -> list[list[str]]:
    """The rows of a Markdown table by a part of its caption, its head first."""
    lines = text[text.index(caption) :].split("\n\n")[1].splitlines()
    return [[c.strip() for c in line.strip("|").split("|")] for line in lines if not line.startswith("| ---")]


# --- numbers ---------------------------------------------------------------------------------------------------------

NUMBER = re.compile(r"[+\u2212]?\d[\d,]*(?:\.\d+)?|\.\d+")


def numbers(text: str) -> set[str]:
    plain = re.sub(r"`[^`]*`|\]\([^)]*\)", " ", text)
    return {n.strip(",") for n in NUMBER.findall(plain)}


@pytest.mark.parametrize("study", ["crisis", "ranges"])
def test_every_number_of_a_sentence_stands_in_a_table(study: str, request: pytest.FixtureRequest) -> None:
    text = read(request.getfixturevalue(study))
    tables = "\n".join(line for line in text.splitlines() if line.startswith("|"))
    sentences = [
        line
        for line in text.splitlines()
        if line and not line.startswith(("|", "#", "!", "**Table", "**Figure", "```", "wargame "))
    ]
    known = numbers(tables) | {"0"}
    missing = {n: line for line in sentences for n in numbers(line) if n not in known}
    assert not missing
    assert len(numbers("\n".join(sentences))) > 6


def test_the_answer_is_the_known_one(crisis: Path) -> None:
    study = open_study(crisis)
    with study.connect() as base:
        p = dict(base.sql("select cell, min(p_first) from operations group by cell").fetchall())
    counts = [sum(latent(seed) < p[cell] for seed in range(1, 61)) for cell in (1, 2)]
    assert counts[0] > counts[1] > 0
    told = rows(read(crisis), "Shares of runs, each with Wilson's interval")
    shares = [statistics.share(n, 60) for n in counts]
    assert [r[2] for r in told[1:]] == [phrases.share(s, 60) for s in shares]
    pairs = statistics.newcombe(counts[1], counts[0] - counts[1], 0, 60 - counts[0])
    told = rows(read(crisis), "Red attacks Blue: each setting against the base")
    p_value = phrases.probability(statistics.mcnemar(counts[0] - counts[1], 0))
    assert told[1][:3] == ["head: cool head", "60", phrases.points(pairs, 60)]
    assert told[1][4:7] == [str(counts[0] - counts[1]), "0", p_value]
    headline = next(line for line in read(crisis).splitlines() if line.startswith("> **Red attacks"))
    assert phrases.share(shares[0], 60) in headline
    assert phrases.points_span(pairs, 60) in headline


def test_comparisons_are_counted_and_adjusted(crisis: Path) -> None:
    text = read(crisis)
    assert "“Red attacks Blue”, the first question, makes 1 comparison" in text
    assert "the other questions make 2 more" in text
    attack = rows(text, "Red attacks Blue: each")[1]
    dead = rows(text, "Blue dead (men): mean difference")[1]
    by_itself = statistics.mcnemar(int(attack[4]), int(attack[5]))
    assert attack[-2:] == [phrases.probability(by_itself)] * 2
    assert float(dead[-1]) == pytest.approx(2 * float(dead[-2]), rel=0.15)


def test_what_never_changes_is_said_once(crisis: Path) -> None:
    text = read(crisis)
    assert "The same in every run: “Yellow fights Red”." in text
    assert "Yellow fights Red: each setting" not in text


def test_every_section_of_a_paper_is_there(crisis: Path, ranges: Path) -> None:
    given = ("Question and design", "Answers", "Differences", "What became", "When it is launched", "What the answer")
    both = ("Two runs to read", "What was assumed", "Where the model misses", "How many runs", "What this study cannot",
            "How to do it again")  # fmt: skip
    heads = [line for line in read(crisis).splitlines() if line.startswith("## ")]
    assert all(any(h.startswith(f"## {g}") for h in heads) for g in (*given, *both)), heads
    heads = [line for line in read(ranges).splitlines() if line.startswith("## ")]
    assert all(any(h.startswith(f"## {g}") for h in heads) for g in both), heads
    assert not any("Differences" in h or "When it" in h for h in heads)


def test_a_sampled_study_tells_what_its_answer_hangs_on(ranges: Path) -> None:
    text = read(ranges)
    assert "over the ranges of two uncertain numbers" in text
    assert {r[0] for r in rows(text, "Sobol indices")[1:]} == {"pace", "river"}
    assert "**A pilot.** With 2 seeds a setting" in text
    varied = rows(text, "Numbers that were varied")
    assert varied[1][:1] == ["`combat.break_off_per_day`"]


def test_a_program_that_has_changed_since_is_told(
    crisis: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "have changed since the study" not in read(crisis)
    monkeypatch.setattr(Results, "journal_hash", lambda *_: "another")
    write_report(open_study(crisis), tmp_path / "report.html")
    assert "have changed since the study" in read(tmp_path)


def test_enough_seeds_are_no_pilot(crisis: Path) -> None:
    assert "pilot" not in read(crisis)


# --- the files -------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a page refers to, its pictures' words, its headings."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.alts: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.links += [v for k in ("href", "src") if (v := found.get(k))]
        self.ids += [v for k in ("id",) if (v := found.get(k))]
        if tag == "img":
            self.alts.append(found.get("alt") or "")


@pytest.mark.parametrize("study", ["crisis", "ranges"])
def test_the_page_stands_by_itself(study: str, request: pytest.FixtureRequest) -> None:
    out: Path = request.getfixturevalue(study)
    page = Page()
    page.feed(read(out, "report.html"))
    assert not {"script", "link", "iframe"} & set(page.tags)
    assert page.tags.count("h1") == 1
    assert len(page.ids) == len(set(page.ids))
    for link in page.links:
        anchor, beside = link.startswith("#"), (out / link).is_file() if len(link) < 200 else False
        assert link.startswith("data:image/") or (anchor and link[1:] in page.ids) or beside, link[:80]
    assert page.alts
    assert all(len(alt) > 40 for alt in page.alts)
    assert "http" not in re.sub(r"data:[^\"]*", "", read(out, "report.html"))


def test_pictures_of_the_markdown_are_beside_it(crisis: Path) -> None:
    named = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", read(crisis))
    assert len(named) >= 4
    assert all((crisis / name).is_file() for name in named)
    runs = re.findall(r"\]\(([^)]+_run\.html)\)", read(crisis))
    assert len(runs) == 2
    assert all("War diary" in read(crisis, name) or "diary" in read(crisis, name) for name in runs)


def test_the_same_study_gives_the_same_bytes(crisis: Path, tmp_path: Path) -> None:
    written = write_report(open_study(crisis), tmp_path / "report.html")
    for path in written:
        assert path.read_bytes() == (crisis / path.relative_to(tmp_path)).read_bytes(), path.name


def test_the_command_under_again_is_the_one_that_was_given(crisis: Path) -> None:
    again = read(crisis).split("```sh\n")[1].split("```")[0].splitlines()
    assert again[0].startswith("wargame study ")
    assert "--runs 60 " in again[0]
    assert "--cells" not in again[0]
    assert again[1] == f"wargame report {crisis.as_posix()}"


# --- what can go wrong -----------------------------------------------------------------------------------------------


def failing(monkeypatch: pytest.MonkeyPatch, wanted: Any) -> None:
    """Let some runs of the next study fail."""
    from wargame.study import batch, records

    real = records.play

    def play_or_fail(setup: Any, seed: int, file: Any) -> Any:
        if wanted(seed):
            raise RuntimeError("the bridge is down")
        return real(setup, seed, file)

    monkeypatch.setattr(batch.records, "play", play_or_fail)


def test_failed_runs_are_told_and_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    design = loaded(tmp_path / "toy")
    failing(monkeypatch, lambda seed: seed == 2)
    play(design, tmp_path / "out", runs=4)
    monkeypatch.undo()
    write_report(open_study(tmp_path / "out"), tmp_path / "out" / "report.html")
    text = read(tmp_path / "out")
    assert rows(text, "Runs that failed; they are in no other table")[1] == [
        "RuntimeError: the bridge is down", "4", "cell 1, seed 2",
    ]  # fmt: skip
    assert {r[1] for r in rows(text, "(men): mean difference from the base setting")[1:]} == {"3"}
    assert "What the failed runs would have come to" in text


def test_a_study_without_a_finished_run_has_nothing_to_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    design = loaded(tmp_path / "toy")
    failing(monkeypatch, lambda _: True)
    play(design, tmp_path / "out", runs=1)
    with pytest.raises(WargameError, match="no run of this study came to its end"):
        write_report(open_study(tmp_path / "out"), tmp_path / "out" / "report.html")
    assert not (tmp_path / "out" / "report.html").exists()


def test_a_changed_table_is_named(ranges: Path, tmp_path: Path) -> None:
    import shutil

    out = tmp_path / "out"
    shutil.copytree(ranges, out)
    (out / "tables" / "answers.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match=r"answers\.parquet"):
        write_report(open_study(out), out / "report.html")


def test_two_settings_of_one_seed_make_a_report(tmp_path: Path) -> None:
    """As little as there can be."""
    play(loaded(tmp_path / "toy"), tmp_path / "out", runs=1)
    write_report(open_study(tmp_path / "out"), tmp_path / "out" / "report.html")
    assert "With 1 seeds" not in read(tmp_path / "out")
    assert "**A pilot.** With 1 seed a setting" in read(tmp_path / "out")


# --- the two shapes of a paper, and phrases --------------------------------------------------------------------------

SMALL = Paper(
    "Odds & ends",
    "2 runs of `toy`",
    (
        Box("Asked", "Yes: **all** < none", ("See [why](#why).",)),
        Section("why", "Why, in short"),
        Text("A `code|d` word."),
        Points(("one", "two")),
        Grid("What.", ("a", "b"), (("x|y", "1"),), ("b",)),
        Picture("p.svg", b"<svg/>", 'the "words"', "A picture."),
    ),
)


def test_a_paper_has_one_text_in_two_shapes() -> None:
    page, text = paper.html(SMALL), paper.markdown(SMALL, "files")
    assert "<b>all</b> &lt; none" in page
    assert 'alt="the &quot;words&quot;"' in page
    assert '<section id="why"><h2>Why, in short</h2>' in page
    assert page.count("<section") == page.count("</section>") == 1
    assert "| x/y | 1 |" in text
    assert "[why](#why-in-short)" in text
    assert '![the "words"](files/p.svg)' in text
    assert text.startswith("# Odds & ends\n\n2 runs of `toy`\n\n> **Yes:")


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (phrases.share(Estimate(0.924, 0.853, 0.961), 100), "92 % (85 to 97)"),
        (phrases.share(Estimate(0.0, 0.0, 0.0037), 1000), "0.0 % (0 to 0.4)"),
        (phrases.percent(0.001, 100), "below 1"),
        (phrases.percent(0.9999, 1000), "above 99.9"),
        (phrases.points(Estimate(-0.891, -0.944, -0.806), 100), "\u221289 (\u221295 to \u221280)"),
        (phrases.points(Estimate(0.0, -0.01, 0.01), 100), "0 (\u22121 to +1)"),
        (phrases.quantity(16837.0), "16,800"),
        (phrases.quantity(-0.0312), "\u22120.0312"),
        (phrases.quantity(999.9), "1,000"),
        (phrases.probability(0.00001), "below .0001"),
        (phrases.probability(0.0004), ".0004"),
        (phrases.probability(0.034), ".034"),
        (phrases.probability(1.0), "1"),
        (phrases.ratio(Estimate(0.125, 0.05, 0.5)), "1/8 (1/20 to 1/2)"),
        (phrases.ratio(Estimate(12.3, 4.9, 250.0)), "12 (4.9 to above 100)"),
    ],
)
def test_numbers_have_one_written_form(said: str, wanted: str) -> None:
    assert said == wanted


# --- the command -----------------------------------------------------------------------------------------------------


def command(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "wargame", "report", *words], capture_output=True, text=True, check=False
    )


def test_wargame_report_takes_a_study(ranges: Path, tmp_path: Path) -> None:
    done = command(str(ranges), "-o", str(tmp_path / "mine" / "paper.html"))
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'mine' / 'paper.html'}\n"), done.stderr
    assert (tmp_path / "mine" / "paper.md").is_file()
    assert (tmp_path / "mine" / "paper_files" / "typical_run.html").is_file()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("-o", "paper.txt"), 2, "end its name in .html"),
        (("--picture", "x.png"), 2, "leave out --picture"),
    ],
)
def test_what_a_study_s_report_does_not_do_is_said(ranges: Path, words: tuple[str, ...], code: int, said: str) -> None:
    done = command(str(ranges), *words)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_study_that_has_not_come_to_its_end_has_no_report(ranges: Path, tmp_path: Path) -> None:
    manifest = json.loads(read(ranges, "manifest.json")) | {"status": "running"}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    done = command(str(tmp_path))
    assert done.returncode == 1
    assert "has not come to its end" in done.stderr
