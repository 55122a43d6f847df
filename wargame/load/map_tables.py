"""What each CSV file of a map folder may hold: the columns that `wargame.load.maps` reads."""

from __future__ import annotations

from wargame import dates
from wargame.atlas import TERRAINS
from wargame.load.tables import PROVENANCE, Column, Table

DEFAULT_AREA_KM2 = 2500.0  # about 50 km across, the usual size on the Europe map
DEFAULT_FRONT_KM = 50.0
EVER = dates.parse("2100-01-01")

WEATHER = ("rain", "mud", "snow", "frost")

PROVINCES = Table(
    "provinces",
    (
        Column("id", "slug", "the province's id: its hub's name in a-z, 0-9 and _", needed=True),
        Column("name", "text", "the name shown; the id if empty"),
        Column("zone", "zone", "the zone it belongs to, as in zones.csv", needed=True),
        Column("terrain", "text", "prevailing terrain", default="open", choices=TERRAINS),
        Column("area_km2", "number", "area", default=DEFAULT_AREA_KM2, low=1, high=5e6, unit="km2"),
        Column("lon", "number", "longitude of the hub", needed=True, low=-180, high=180, unit="degrees east"),
        Column("lat", "number", "latitude of the hub", needed=True, low=-90, high=90, unit="degrees north"),
        Column("road", "integer", "roads, 1 poor to 4 dense and paved", default=2, low=1, high=4),
        Column("population_k", "number", "people in the hub town", default=0.0, low=0, high=1e5, unit="thousands"),
        Column("port", "integer", "port, 0 none to 3 great", default=0, low=0, high=3),
        Column("capital_of", "power", "the power whose capital it is"),
        Column("climate", "text", "its climate, as in climate.csv"),
        Column("aliases", "list", "other names, with a vertical bar between them"),
        Column("industry", "list", "what it makes as kind:class (1 to 3), such as coal:3, with a bar between"),
        *PROVENANCE,
    ),
    key=("id",),
)

ZONES = Table(
    "zones",
    (
        Column("zone", "zone", "the zone's id", needed=True),
        Column("name", "text", "its name"),
        Column("begin_date", "date", "the day from which the owner holds it", needed=True),
        Column("owner", "power", "the owner's code, as in powers.csv", needed=True),
        *PROVENANCE,
    ),
    key=("zone", "begin_date"),
)

PEOPLE = Table(
    "people",
    (
        Column("zone", "zone", "the zone whose people are counted", needed=True),
        Column(
            "people_k", "number", "all its people, in towns and out", needed=True, low=0, high=1e6, unit="thousands"
        ),
        Column("year", "integer", "the year of the count", needed=True, low=1900, high=1950),
        *PROVENANCE,
    ),
    key=("zone",),
    may_be_empty=True,
)

CONTROL = Table(
    "control",
    (
        Column("zone", "zone", "the zone that changes hands; empty for a single province"),
        Column("province", "slug", "the province that changes hands; empty for a whole zone"),
        Column("begin_date", "date", "the day from which the controller holds it", needed=True),
        Column("controller", "power", "who holds it; its owner if empty"),
        *PROVENANCE,
    ),
    key=("zone", "province", "begin_date"),
    may_be_empty=True,
)

FLAGS = Table(
    "flags",
    (
        Column("zone", "zone", "the zone of which it holds", needed=True),
        Column("flag", "slug", "what holds, such as demilitarised", needed=True),
        Column("begin_date", "date", "the day from which it holds", needed=True),
        Column("end_date", "date", "the day from which it no longer holds; never if empty", default=EVER),
        *PROVENANCE,
    ),
    key=("zone", "flag", "begin_date"),
    may_be_empty=True,
)

BORDERS = Table(
    "borders",
    (
        Column("a", "slug", "one province", needed=True),
        Column("b", "slug", "its neighbour", needed=True),
        Column("shared_km", "number", "length of the border", default=DEFAULT_FRONT_KM, low=0, high=5000, unit="km"),
        Column("distance_km", "number", "hub to hub; great circle if empty", default=0.0, low=0, high=5000, unit="km"),
        Column("river", "text", "the river along it, if any"),
        Column("river_share", "number", "share of the border along the river", default=-1.0, low=0, high=1),
        Column("crossing", "integer", "0 none, 1 minor, 2 river, 3 major river", default=-1, low=0, high=3),
        *PROVENANCE,
    ),
    key=("a", "b"),
    may_be_empty=True,
)

STRAITS = Table(
    "straits",
    (
        Column("a", "slug", "one shore", needed=True),
        Column("b", "slug", "the other shore", needed=True),
        Column("kind", "text", "how it is crossed", default="strait", choices=("strait", "ferry", "bridge")),
        Column("km", "number", "width of the water", default=1.0, low=0, high=2000, unit="km"),
        Column("name", "text", "its name"),
        *PROVENANCE,
    ),
    key=("a", "b"),
    extras=("a_lon", "a_lat", "b_lon", "b_lat"),  # the ferry's landings, for drawing
    may_be_empty=True,
)

FORTS = Table(
    "forts",
    (
        Column("province", "slug", "where the works are", needed=True),
        Column("facing", "slug", "the neighbour they face; all round if empty"),
        Column("builder", "power", "whose works they are; they are shown while he owns the place, always if empty"),
        Column("line", "text", "name of the line, and after a colon its sector"),
        Column("strength", "number", "1 = Maginot main works, 0.3 = good field works", needed=True, low=0, high=1),
        Column("begin_date", "date", "the day they are usable; from the beginning if empty"),
        Column("end_date", "date", "the day they are given up; never if empty", default=EVER),
        *PROVENANCE,
    ),
    may_be_empty=True,
)

RAIL = Table(
    "rail",
    (
        Column("a", "slug", "one hub", needed=True),
        Column("b", "slug", "the next hub", needed=True),
        Column("tracks", "integer", "number of tracks", default=1, low=1, high=8),
        Column("gauge_mm", "integer", "distance between the rails", default=1435, low=500, high=2000, unit="mm"),
        Column("trains_per_day", "integer", "trains a day, one way", default=24, low=0, high=500),
        Column("km", "number", "length; hub to hub if empty", default=0.0, low=0, high=5000, unit="km"),
        Column("electric_from", "integer", "year it, or its pass, became electric; never if empty", low=0, high=9999),
        Column("line", "text", "name of the line"),
        *PROVENANCE,
    ),
    key=("a", "b"),
    may_be_empty=True,
)

CLIMATES = Table(
    "climate",
    (
        Column("climate", "text", "the climate's id", needed=True),
        Column("month", "integer", "1 January to 12 December; a climate needs all twelve", needed=True, low=1, high=12),
        *(Column(c, "number", f"chance that a day has {c}", default=0.0, low=0, high=1) for c in WEATHER),
        *PROVENANCE,
    ),
    key=("climate", "month"),
)  # fmt: skip

POWERS = Table(
    "powers",
    (
        Column("id", "power", "the power's code", needed=True),
        Column("name", "text", "its name; the code if empty"),
        Column("adjective", "text", "the adjective, as in 'Polish troops'; the name if empty"),
        Column("colour", "text", "its map colour", default="#b0b0b0", pattern="#[0-9A-Fa-f]{6}", unit="#rrggbb"),
        *PROVENANCE,
    ),
    key=("id",),
)

SEAS = Table(
    "seas",
    (
        Column("id", "slug", "the sea zone's id", needed=True),
        Column("name", "text", "the name shown; the id if empty"),
        Column("lon", "number", "longitude of a point in it", low=-180, high=180, unit="degrees east"),
        Column("lat", "number", "latitude of a point in it", low=-90, high=90, unit="degrees north"),
        Column("area_km2", "number", "area", low=0, high=1e8, unit="km2"),
        *PROVENANCE,
    ),
    key=("id",),
)

SEA_LINKS = Table(
    "sea_links",
    (
        Column("a", "slug", "one sea zone", needed=True),
        Column("b", "slug", "the next", needed=True),
        Column("name", "text", "name of the strait or canal"),
        Column("kind", "text", "what joins them; open water if empty", choices=("strait", "canal", "river")),
        Column("width_km", "number", "its least width", low=0, high=5000, unit="km"),
        Column("shores", "list", "the provinces on it, with a vertical bar between them"),
        Column("begin_date", "date", "the day from which ships pass; always if empty"),
        *PROVENANCE,
    ),
    key=("a", "b", "name"),
    may_be_empty=True,
)

COASTS = Table(
    "coasts",
    (
        Column("province", "slug", "the province", needed=True),
        Column("sea", "slug", "the sea zone on which it lies", needed=True),
        Column("coast_km", "number", "length of its coast there", default=DEFAULT_FRONT_KM, low=0, high=1e5, unit="km"),
        Column(
            "landing", "number", "how well troops land there: 0 cliffs to 1 open beaches", default=0.5, low=0, high=1
        ),
        *PROVENANCE,
    ),
    key=("province", "sea"),
    may_be_empty=True,
)

COAST_FORTS = Table(
    "coast_forts",
    (
        Column("province", "slug", "where the works are", needed=True),
        Column("sea", "slug", "the sea zone they guard", needed=True),
        Column("builder", "power", "whose works they are"),
        Column("line", "text", "what they are called"),
        Column("strength", "number", "1 = Gibraltar, 0.3 = some modern medium batteries", needed=True, low=0, high=1),
        Column("begin_date", "date", "the day they are usable; from the beginning if empty"),
        Column("end_date", "date", "the day they are given up; never if empty", default=EVER),
        *PROVENANCE,
    ),
    may_be_empty=True,
)
