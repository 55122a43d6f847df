"""A small data folder without a mistake, with something of everything, for tests that plant mistakes in it."""

from __future__ import annotations

from pathlib import Path

from tests.toy_files import write_toy

MORE = """
[[powers]]
id = "GRN"

[[script]]
id = "blu_digs_in"
power = "BLU"
at = 1930-05-05
action = "order"
orders = ["blu_1_army defend p02"]
why = "For tests."

[[script]]
id = "grn_enters"
power = "GRN"
at = 1930-05-20
action = "enter_war"
war = "toy_war"
on = "defenders"
why = "For tests."

[[weather]]
first = 1930-05-01
last = 1930-05-10
climates = ["plain"]
state = "rain"
source = "invented"
status = "judgement"

[rulebook]
"movement.foot_km_per_day" = 21.0
"""

FORTS = """province,facing,line,strength,begin_date,end_date
p02,p01,River line,0.3,1928-01-01,
p03,,Old ring,0.1,,
"""

STRAITS = """a,b,kind,km,name
p01,p03,strait,5,Narrow Water
"""

RAIL = """a,b,tracks,gauge_mm,trains_per_day,km,line
p01,p02,2,1435,48,52,Main line
"""

ESTABLISHMENTS = """id,name,kind,men,guns,tanks,cadre,officers_continuity,training,equipment,arms_points
red_horse,Horse division,cavalry,9000,12,0,0.6,0.7,0.6,0.3,40
red_foot,Foot division,infantry,15000,48,0,0.5,0.5,0.5,0.5,90
"""

CAREERS = """formation,date,name,short,establishment,home
red_2_div,1929-04-01,2. Horse Division,2 H,red_horse,p01
red_3_div,1931-04-01,3. Horse Division,3 H,red_horse,
"""


def write_good(folder: Path) -> Path:
    """Write the folder; returns the scenario's path."""
    path = write_toy(folder, climate=True, more=MORE)
    for name, text in (("forts", FORTS), ("straits", STRAITS), ("rail", RAIL)):
        (folder / "maps" / "toy" / f"{name}.csv").write_text(text, encoding="utf-8")
    for kind, text in (("establishments", ESTABLISHMENTS), ("careers", CAREERS)):
        (folder / "orders_of_battle" / kind).mkdir(exist_ok=True)
        (folder / "orders_of_battle" / kind / "red.csv").write_text(text, encoding="utf-8")
    return path
