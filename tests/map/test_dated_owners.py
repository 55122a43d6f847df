"""Who owned and who held what on a date: the changes of 1924-1945, province by province."""

from __future__ import annotations

from functools import cache
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
    "1939-09-01": "chojnice:POL katowice:POL danzig:GER",
    "1939-09-06": "krakow:GER kielce:GER bydgoszcz:GER lodz:POL poznan:POL modlin:POL",
    "1939-09-10": "lodz:GER poznan:GER torun:GER rzeszow:GER warszawa:POL kutno:POL lublin:POL brzesc:POL gdynia:POL",
    "1939-09-17": "brzesc:GER bialystok:GER przemysl:GER tarnopol:POL wilno:POL lwow:POL hel:POL stolpce:POL",
    "1939-09-22": "lwow:SOV wilno:SOV bialystok:SOV brzesc:SOV grodno:SOV lublin:GER warszawa:POL modlin:POL hel:POL",
    "1939-10-01": "warszawa:GER modlin:GER hel:POL suwalki:SOV zamosc:SOV",
    "1939-10-10": "hel:GER suwalki:GER zamosc:GER chelm:GER bialystok:SOV wilno:SOV",
    "1939-12-15": "petsamo:SOV salla:SOV viipuri:FIN sortavala:FIN",
    "1940-04-20": "oslo:GER bergen:GER narvik:NOR tromso:NOR bodo:NOR alesund:NOR",
    "1940-05-10": "brussel:BEL amsterdam:NED maastricht:NED luxembourg:LUX sedan:FRA",
    "1940-05-15": "liege:GER sedan:GER amsterdam:GER middelburg:NED brussel:BEL antwerpen:BEL saint_quentin:FRA",
    "1940-05-18": "brussel:GER antwerpen:GER saint_quentin:GER gent:BEL arras:FRA lille:FRA",
    "1940-05-28": "gent:GER boulogne:GER calais:GER oostende:BEL dunkerque:FRA narvik:NOR amiens:GER "
    "doullens:GER beauvais:FRA",
    "1940-06-05": "dunkerque:GER lille:GER rouen:FRA reims:FRA paris:FRA",
    "1940-06-14": "paris:GER reims:GER rouen:GER dijon:FRA metz:FRA brest:FRA bordeaux:FRA",
    "1940-06-24": "dijon:GER metz:GER brest:GER lyon:GER bordeaux:FRA toulouse:FRA bitche:FRA",
    "1940-06-30": "paris:GER oslo:GER kobenhavn:GER torshavn:GBR reykjavik:GBR amsterdam:GER toulouse:FRA riga:SOV",
    "1941-04-06": "skoplje:YUG thessaloniki:GRE",
    "1941-04-12": "zagreb:CRO skoplje:GER nis:GER thessaloniki:GER sarajevo:YUG beograd:YUG athinai:GRE subotica:HUN",
    "1941-04-27": "athinai:GER beograd:GER kalamata:GRE chania:GRE",
    "1941-06-21": "paris:GER lyon:VIC saint_helier:GER beograd:GER thessaloniki:GER ioannina:ITA chania:GER samos:ITA",
    "1941-06-22": "brzesc:SOV kaunas:SOV",
    "1941-06-28": "minsk:GER kaunas:GER lwow:SOV riga:SOV bialystok:GER",
    "1941-07-16": "smolensk:GER pskov:GER zhitomir:GER riga:GER lwow:GER chisinau:ROM mogilev:SOV kiev:SOV tallinn:SOV",
    "1941-09-19": "kiev:GER tallinn:GER novgorod:GER poltava:GER odessa:SOV kharkov:SOV viipuri:FIN vyazma:SOV",
    "1941-12-05": "kalinin:GER klin:GER kaluga:GER rostov_na_donu:SOV tikhvin:GER moskva:SOV leningrad:SOV tula:SOV",
    "1942-01-01": "kalinin:SOV kaluga:SOV rzhev:GER kerch:SOV sevastopol:SOV kharkov:GER odessa:ROM",
    "1942-09-15": "krasnodar:GER rostov_na_donu:GER sevastopol:GER stalingrad:SOV voroshilovgrad:GER",
    "1942-11-30": "lyon:GER nice:ITA ajaccio:ITA kiev:GER riga:GER",
    "1943-03-01": "kharkov:SOV kursk:SOV rostov_na_donu:SOV orel:GER stalino:GER velikie_luki:SOV",
    "1943-04-01": "kharkov:GER belgorod:GER rzhev:SOV",
    "1944-01-01": "kiev:SOV smolensk:SOV vitebsk:GER vinnitsa:GER novgorod:GER",
    "1944-09-10": "paris:FRA brussel:BEL amsterdam:GER brest:GER lyon:FRA metz:GER minsk:SOV riga:GER lwow:SOV",
    "1945-01-10": "strasbourg:FRA colmar:GER lorient:GER eindhoven:NED amsterdam:GER liepaja:GER tallinn:SOV",
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
    """Controller by province: the latest row, the province's before its zone's; none, or an empty one: the owner."""
    rows = read("control.csv").sort_values(["begin_date", "province"], kind="stable")
    latest: dict[str, str] = {}
    for row in rows[rows.begin_date <= date].itertuples():
        latest |= dict.fromkeys(_inside()[row.zone] if row.zone else [row.province], row.controller)
    return {p: latest.get(p, "") or owner for p, owner in owners(date).items()}


@cache
def _inside() -> dict[str, list[str]]:
    """The provinces of every zone."""
    return read("provinces.csv").groupby("zone").id.agg(list).to_dict()


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
