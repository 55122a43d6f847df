"""Who owned and who held what on a date: the changes of 1924-1945, province by province."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

EUROPE = Path(__file__).parents[2] / "maps" / "europe"

OWNERS = {
    "1924-01-01": "saarbruecken:SAA danzig:DAN memel:LIT wilno:POL fiume:ITA zara:ITA rodi:ITA antakya:SYR",
    "1935-02-28": "saarbruecken:SAA",
    "1935-03-01": "saarbruecken:GER merzig:GER",
    "1938-03-12": "wien:AUT",
    "1938-03-13": "wien:GER innsbruck:GER",
    "1938-10-01": "krumau:CZE eger:CZE frysztat:CZE",
    "1938-10-02": "krumau:GER prachatitz:GER eger:CZE frysztat:POL",
    "1938-10-05": "eger:GER karlsbad:GER mies:GER freiwaldau:CZE reichenberg:CZE znaim:CZE",
    "1938-10-07": "freiwaldau:GER freudenthal:GER troppau:CZE aussig:CZE",
    "1938-10-10": "aussig:GER reichenberg:GER troppau:GER znaim:GER nikolsburg:GER kosice:CZE antakya:HAT",
    "1938-11-10": "kosice:HUN uzhorod:HUN mukacevo:HUN bratislava:CZE chust:CZE",
    "1939-03-20": "praha:GER bratislava:SVK chust:HUN sobrance:SVK memel:LIT",
    "1939-04-07": "memel:GER sobrance:HUN tirana:ALB",
    "1939-04-12": "tirana:ITA",
    "1939-07-23": "antakya:TUR danzig:DAN",
    "1939-08-31": "warszawa:POL lwow:POL wilno:POL frysztat:POL suwalki:POL",
    "1939-09-28": "warszawa:GER poznan:GER suwalki:GER lwow:SOV bialystok:SOV przemysl:SOV wilno:SOV",
    "1939-10-27": "wilno:LIT swieciany:SOV grodno:SOV",
    "1940-03-13": "viipuri:SOV salla:SOV vaitolahti:SOV hanko:SOV petsamo:FIN suojaervi:SOV joensuu:FIN",
    "1940-08-06": "riga:SOV tallinn:SOV kaunas:SOV wilno:SOV cernauti:SOV chisinau:SOV cluj:ROM eupen:GER",
    "1940-09-07": "cluj:HUN bazargic:BUL brasov:ROM strasbourg:GER metz:GER belfort:FRA",
    "1941-06-21": "ljubljana:ITA maribor:GER kranj:GER cakovec:HUN subotica:HUN beli_manastir:HUN split:ITA zagreb:CRO "
    "ruma:CRO petrovgrad:SRB skoplje:BUL tetovo:ITA pristina:ITA vranje:BUL podgorica:ITA kavala:BUL athinai:GRE",
    "1941-12-10": "viipuri:FIN hanko:FIN chisinau:ROM cernauti:ROM",
    "1945-08-31": "cluj:ROM bazargic:BUL chust:SOV koenigsberg:SOV allenstein:POL breslau:POL stettin:POL berlin:GER "
    "bialystok:POL lwow:SOV przemysl:POL viipuri:SOV petsamo:SOV praha:CZE wien:AUT strasbourg:FRA skoplje:YUG",
}
HOLDERS = {
    "1936-08-01": "madrid:ESP sevilla:ESN burgos:ESN bilbao:ESP badajoz:ESP",
    "1937-11-01": "gijon:ESN santander:ESN malaga:ESN valencia:ESP barcelona:ESP teruel:ESN",
    "1938-01-15": "teruel:ESP zaragoza:ESN",
    "1939-02-10": "barcelona:ESN mahon:ESN madrid:ESP",
    "1939-03-30": "valencia:ESN cartagena:ESP jaen:ESN",
    "1939-04-02": "madrid:ESP sevilla:ESP tetuan:SPM",
    "1939-04-10": "tirana:ITA",
    "1940-06-30": "paris:GER oslo:GER kobenhavn:GER torshavn:GBR reykjavik:GBR amsterdam:GER toulouse:FRA riga:SOV",
    "1941-06-21": "paris:GER lyon:VIC saint_helier:GER beograd:GER thessaloniki:GER ioannina:ITA chania:GER samos:ITA",
    "1942-11-30": "lyon:GER nice:ITA ajaccio:ITA kiev:GER riga:GER",
    "1945-08-31": "paris:FRA oslo:NOR athinai:GRE beograd:YUG riga:SOV amsterdam:NED",
}


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(EUROPE / name, keep_default_na=False)


def by_date(rows: pd.DataFrame, key: str, value: str, date: str) -> dict[str, str]:
    rows = rows[rows.begin_date <= date].sort_values("begin_date", kind="stable")
    return dict(rows[[key, value]].values)


def owners(date: str) -> dict[str, str]:
    """Owner by province."""
    of_zone = by_date(read("zones.csv"), "zone", "owner", date)
    return {row.id: of_zone[row.zone] for row in read("provinces.csv").itertuples()}


def holders(date: str) -> dict[str, str]:
    """Controller by province: the row of the province, else of its zone; none, or an empty one, means the owner."""
    control = read("control.csv")
    of_zone = by_date(control[control.zone != ""], "zone", "controller", date)
    of_province = by_date(control[control.province != ""], "province", "controller", date)
    zone = dict(read("provinces.csv")[["id", "zone"]].values)
    return {p: of_province.get(p, of_zone.get(zone[p], "")) or owner for p, owner in owners(date).items()}


def pairs(text: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in text.split())


@pytest.mark.parametrize("date", OWNERS)
def test_provinces_have_their_owner(date):
    known, wanted = owners(date), pairs(OWNERS[date])
    assert {p: known[p] for p in wanted} == wanted


@pytest.mark.parametrize("date", HOLDERS)
def test_provinces_have_their_holder(date):
    known, wanted = holders(date), pairs(HOLDERS[date])
    assert {p: known[p] for p in wanted} == wanted


@pytest.mark.parametrize("file", ["zones.csv", "control.csv", "flags.csv"])
def test_every_row_says_where_it_comes_from(file):
    rows = read(file)
    assert (rows.source != "").all()
    assert set(rows.status) <= {"verified", "partly", "memory", "judgement"}


def test_control_speaks_of_places_and_powers_of_the_map():
    control = read("control.csv")
    assert ((control.zone != "") != (control.province != "")).all()
    assert set(control.zone) - {""} <= set(read("provinces.csv").zone)
    assert set(control.province) - {""} <= set(read("provinces.csv").id)
    assert set(control.controller) - {""} <= set(read("powers.csv").id)
    assert not control.duplicated(["zone", "province", "begin_date"]).any()


def test_an_occupation_ends_by_the_autumn_of_1945():
    known, held = owners("1945-12-31"), holders("1945-12-31")
    odd = {p for p in known if known[p] != held[p]}
    zone = dict(read("provinces.csv")[["id", "zone"]].values)
    assert {zone[p] for p in odd} <= {"HUN", "ITA", "ITA_DODECANESE", "ITA_ISTRIA", "ITA_ZARA"}


def test_the_rhineland_is_demilitarised_until_march_1936():
    flags = read("flags.csv").set_index(["zone", "flag"])
    row = flags.loc[("GER_RHINELAND", "demilitarised")]
    assert (row.begin_date, row.end_date) == ("1924-01-01", "1936-03-07")
    zone = dict(read("provinces.csv")[["id", "zone"]].values)
    inside = "koeln aachen koblenz mainz trier karlsruhe freiburg frankfurt_main essen duesseldorf"
    assert {p for p in inside.split() if zone[p] != "GER_RHINELAND"} == set()
    assert {p for p in ("stuttgart", "kassel", "dortmund", "muenster") if zone[p] == "GER_RHINELAND"} == set()
