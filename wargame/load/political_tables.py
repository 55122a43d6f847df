"""What columns the political tables have: governments, treaties, leaders, parliaments, economies and wars."""

from __future__ import annotations

from wargame import dates
from wargame.load.tables import PROVENANCE, Column, Table
from wargame.politics import Kind

NEVER = dates.parse("2100-01-01")
HOW = ("history", "background", "course")


def _share(name: str, meaning: str, default: float = 0.0, low: float = 0.0) -> Column:
    return Column(name, "number", meaning, default=default, low=low, high=1)


_HOW = Column(
    "how", "text",
    "background = it happens in every run; course = as long as the same head rules; history = before the opening",
    choices=HOW, default="history",
)  # fmt: skip
GOVERNMENTS = Table(
    "governments",
    (
        Column("power", "power", "whose government", needed=True),
        Column("from", "date", "its first day", needed=True),
        Column("regime", "slug", "kind of rule: democracy, national_socialist, bolshevik ...", needed=True),
        Column("head", "text", "who leads it", needed=True),
        Column("faction", "text", "party or faction"),
        _share("grip", "how safe the head sits", 1.0),
        _share("paralysis", "how far home affairs bind it in a crisis"),
        _share("agriculture", "-1 market, +1 forced collectivisation", low=-1),
        _share("tempo", "share of investment forced into producer goods"),
        _share("repression", "rule by force"),
        _share("purge", "of party and officer corps"),
        _share("comintern", "-1 united front, +1 class against class", low=-1),
        _share("foreign", "-1 with the revisionists, +1 collective security", low=-1),
        _share("rearmament", "share of the armaments within its means that it wants"),
        _share("revisionism", "how far it would change borders by force"),
        _share("risk", "-1 cautious, +1 reckless", low=-1),
        _share("firmness", "-1 would pay for peace, +1 would fight for its word", low=-1),
        _HOW,
        *PROVENANCE,
    ),
    key=("power", "from"),
)
TREATIES = Table(
    "treaties",
    (
        Column("id", "slug", "the clause's id", needed=True),
        Column("kind", "text", "what it obliges to", needed=True, choices=tuple(k.value for k in Kind)),
        Column("parties", "list", "power codes; of a transit clause the host first", needed=True),
        Column("protects", "list", "who is helped; every party if empty"),
        Column("against", "list", "whose attack counts; anybody's if empty"),
        Column("first", "text", "the power that must move first; nobody if empty"),
        _share("honour", "how binding its text is", 1.0),
        Column("signed", "date", "from when it binds", needed=True),
        Column("ends", "date", "the day it ended in history; open if empty", default=NEVER),
        Column(
            "term",
            "date",
            "the day it ends in every run, by its own text or replaced by agreement; none if empty",
            default=NEVER,
        ),
        _HOW,
        *PROVENANCE,
    ),
    key=("id",),
)
ACTS = Table(
    "acts",
    (
        Column("date", "date", "when", needed=True),
        Column("power", "power", "who", needed=True),
        Column(
            "act",
            "text",
            "what its word is worth by it",
            needed=True,
            choices=("backdown", "stand", "aggression", "signal", "poor_show", "good_show", "purge"),
        ),
        Column("object", "power", "against or for whom", needed=True),
        Column("weight", "number", "1 = a clear case", default=1.0, low=0, high=3),
        *PROVENANCE,
    ),
)
INTERESTS = Table(
    "interests",
    (
        Column("power", "power", "to whom it matters", needed=True),
        Column("in", "power", "whose fate", needed=True),
        Column("from", "date", "since when; always if empty"),
        Column("to", "date", "until when; for good if empty", default=NEVER),
        Column("interest", "number", "0 none, 1 considerable, 2 vital", needed=True, low=0, high=2),
        *PROVENANCE,
    ),
    key=("power", "in", "from"),
)
ECONOMY = Table(
    "economy",
    (
        Column("power", "power", "whose", needed=True),
        Column("year", "integer", "calendar year", needed=True, low=1900, high=2100),
        Column("gdp", "number", "milliard 1990 international dollars", needed=True, low=0, high=1e5),
        Column("population", "number", "million", needed=True, low=0, high=1e4),
        Column("steel", "number", "million tonnes", needed=True, low=0, high=1e3),
        _share("military_share", "military spending over GDP"),
        Column("how", "text", "peace = the line goes on by it; arms = only its military share does; war = neither",
               choices=("peace", "arms", "war"), default="peace"),
        *PROVENANCE,
    ),
    key=("power", "year"),
)  # fmt: skip
TALKS = Table(
    "talks",
    (
        Column("id", "slug", "the negotiation's id", needed=True),
        Column("parties", "list", "power codes, the proposer first", needed=True),
        Column("opens", "list", "conditions under which it is proposed (see the scenario guide)"),
        Column("breaks", "list", "conditions that end it"),
        Column("rounds", "integer", "rounds it takes if nobody objects", default=3, low=1, high=40),
        Column("weeks", "number", "weeks from round to round", default=2.0, low=0.2, high=26),
        Column(
            "pull",
            "number",
            "what speaks for it beside threat, trust and ideology, in logits",
            default=0.0,
            low=-5,
            high=5,
        ),
        Column("name", "text", "what it is called"),
        *PROVENANCE,
    ),
    key=("id",),
)
CLAUSES = Table(
    "clauses",
    (
        Column("talks", "slug", "the negotiation it would come of", needed=True),
        *TREATIES.columns[:7],
        *PROVENANCE,
    ),
    key=("id",),
)
# --- leadership: contenders, voters, parliaments ----------------------------------------------------------------------

LEADERS = Table(
    "leaders",
    (
        Column("id", "slug", "the person's id", needed=True),
        Column("name", "text", "as in governments.csv", needed=True),
        Column("power", "power", "whose leader", needed=True),
        Column("faction", "text", "those it belongs to"),
        Column("born", "integer", "year of birth", needed=True, low=1800, high=2000),
        Column("died", "date", "day of death", default=NEVER),
        Column("cause", "text", "of death", choices=("natural", "killed", "executed", "suicide"), default="natural"),
        Column("from", "date", "since when the row holds", needed=True),
        Column("to", "date", "until when; for good if empty", default=NEVER),
        _share("apparatus", "share of the appointments it makes"),
        _share("prestige", "standing in the country and the party"),
        _share("appetite", "how much it wants to lead", 0.5),
        _share("skill", "as a politician", 0.5),
        _share("health", "1 sound, 0 mortally ill", 1.0),
        _share("nep", "+1 market relations with the peasants, -1 forced collectivisation", low=-1),
        _share("tempo", "share of investment it would force into producer goods"),
        _share("harshness", "rule by force", 0.5),
        _share("comintern", "-1 united front, +1 class against class", low=-1),
        _share("foreign", "-1 with the revisionists, +1 collective security", low=-1),
        _share("outcast", "1 expelled or arrested"),
        Column("patron", "slug", "id of the leader to whom it owes its place"),
        *PROVENANCE,
    ),
    key=("id", "from"),
)
VOTERS = Table(
    "voters",
    (
        Column("power", "power", "whose succession", needed=True),
        Column("body", "text", "inner = the few who meet, outer = those they must carry", needed=True,
               choices=("inner", "outer")),
        Column("id", "slug", "the voter's id", needed=True),
        Column("leader", "slug", "the leader who it is; then its positions are his"),
        Column("from", "date", "since when the row holds", needed=True),
        Column("to", "date", "until when; for good if empty", default=NEVER),
        Column("weight", "number", "within its body", default=1.0, low=0, high=100),
        _share("nep", "as in leaders.csv", low=-1),
        _share("harshness", "as in leaders.csv", 0.5),
        _share("foreign", "as in leaders.csv", low=-1),
        Column("patron", "slug", "id of the leader to whom it is tied"),
        *PROVENANCE,
    ),
    key=("power", "id", "from"),
)  # fmt: skip
ELECTIONS = Table(
    "elections",
    (
        Column("power", "power", "whose parliament", needed=True),
        Column("date", "date", "day of the election", needed=True),
        Column("party", "text", "as in parties.csv", needed=True),
        Column("seats", "integer", "seats won", needed=True, low=0, high=2000),
        Column("seats_total", "integer", "of so many", needed=True, low=1, high=2000),
        _share("share", "of the votes; 0 if unknown"),
        *PROVENANCE,
    ),
    key=("power", "date", "party"),
)
PARTIES = Table(
    "parties",
    (
        Column("power", "power", "in whose parliament", needed=True),
        Column("party", "text", "its short name", needed=True),
        Column("name", "text", "its name"),
        _share("loyalty", "share of its votes on which a parliamentary government can count"),
        _share("follows", "how far it obeys the line of the Comintern"),
        Column("seeks", "slug", "kind of regime it would have; none if empty"),
        _share("executive", "how far it can rule by decree without seats"),
        *PROVENANCE,
    ),
    key=("power", "party"),
)
ALTERNATIVES = Table(
    "alternatives",
    (*(c for c in GOVERNMENTS.columns if c.name not in ("how", "source", "status")), *PROVENANCE),
    key=("power", "from", "regime"),
)
# --- industry: what is made, lacked and withheld ----------------------------------------------------------------------

SECTORS = Table(
    "sectors",
    (
        Column("power", "power", "whose economy is planned", needed=True),
        Column("begins", "date", "first day of the plan", needed=True),
        _share("producer", "share of output in producer goods"),
        _share("farm", "share of output on farms"),
        Column("capital_producer", "number", "years of the sector's output", needed=True, low=0, high=20),
        Column("capital_consumer", "number", "years of the sector's output", needed=True, low=0, high=20),
        Column("works", "number", "unfinished building, years of producer goods", needed=True, low=0, high=20),
        Column("town", "number", "million townsfolk", needed=True, low=0, high=1e4),
        _share("collective", "share of farms in collectives"),
        *PROVENANCE,
    ),
    key=("power",),
)
ARMAMENTS = Table(
    "armaments",
    (
        Column("power", "power", "whose factories", needed=True),
        Column("year", "integer", "calendar year", needed=True, low=1900, high=2100),
        Column("tanks", "number", "made that year, with tankettes and guns on tracks", default=0.0, low=0, high=1e6),
        Column("guns", "number", "made that year", default=0.0, low=0, high=1e6),
        Column("aircraft", "number", "made that year, all kinds", default=0.0, low=0, high=1e6),
        Column("warships", "number", "thousand tonnes completed that year", default=0.0, low=0, high=1e5),
        *PROVENANCE,
    ),
    key=("power", "year"),
)
OCCUPATIONS = Table(
    "occupations",
    (
        Column("power", "power", "who held", needed=True),
        Column("of", "power", "land of whom", needed=True),
        Column("from", "date", "first day", needed=True),
        Column("to", "date", "the day it was lost; for good if empty", default=NEVER),
        _share("share", "of that power's output"),
        *PROVENANCE,
    ),
    key=("power", "of", "from"),
)
MATERIALS = Table(
    "materials",
    (
        Column("power", "power", "whose imports", needed=True),
        _share("dependence", "on imports for making war", 0.5),
        _share("seaborne", "share of its imports that comes by sea", 0.5),
        _share("sea", "share of an enemy's imports by sea that its fleet keeps from it"),
        *PROVENANCE,
    ),
    key=("power",),
)
LEVERAGE = Table(
    "leverage",
    (
        Column("power", "power", "who supplies", needed=True),
        Column("on", "power", "whom", needed=True),
        _share("credit", "share of its credit from abroad"),
        _share("clearing", "share of its trade"),
        _share("ore", "share of the ore it imports"),
        _share("oil", "share of the oil it imports"),
        _share("rubber", "share of the rubber it imports"),
        _share("boycott", "share of its sales abroad that end if its goods are shunned"),
        _share("relief", "part of all it lacks that this supplier could give beyond ordinary trade"),
        *PROVENANCE,
    ),
    key=("power", "on"),
)
OUTCOMES = Table(
    "outcomes",
    (
        Column("operation", "slug", "an operation of the scenario's plans", needed=True),
        Column("date", "date", "its first day", needed=True),
        Column("outcome", "text", "what it came to", needed=True),
        *PROVENANCE,
    ),
    key=("operation",),
)
WARS = Table(
    "wars",
    (
        Column("war", "slug", "the war's id", needed=True),
        Column("power", "power", "who", needed=True),
        Column("side", "text", "on which side", needed=True, choices=("attackers", "defenders")),
        Column("joined", "date", "first day", needed=True),
        Column("left", "date", "the day it was out of it; still in it if empty", default=NEVER),
        Column(
            "standing",
            "text",
            "how it stood afterwards",
            choices=("at_peace", "capitulated", "in_exile", "defeated"),
            default="at_peace",
        ),
        *PROVENANCE,
    ),
    key=("war", "power", "joined"),
)
TABLES = {
    t.name: t
    for t in (
        *(GOVERNMENTS, TREATIES, ACTS, INTERESTS, ECONOMY, TALKS, CLAUSES, OUTCOMES, WARS),
        *(LEADERS, VOTERS, ELECTIONS, PARTIES, ALTERNATIVES),
        *(SECTORS, ARMAMENTS, MATERIALS, LEVERAGE, OCCUPATIONS),
    )
}
