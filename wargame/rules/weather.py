"""Weather by climate and day: an observed spell where the scenario gives one, else a draw from the climate's month."""

from __future__ import annotations

from collections.abc import Sequence

from wargame import dates
from wargame.atlas import Atlas
from wargame.dice import Dice, keys
from wargame.events import WeatherTurned
from wargame.memo import remembered
from wargame.scenario import WeatherSpell
from wargame.world import World

FINE = ("clear", "frost")


def turn(world: World, atlas: Atlas, spells: Sequence[WeatherSpell], dice: Dice) -> WeatherTurned | None:
    """The day's weather of every climate, or ``None`` if it is yesterday's.

    Luck is keyed by climate and date, so that every variant of a scenario has the same skies.
    """
    known = _skies(atlas, spells, dice)
    if world.hour not in known:
        known.clear()  # yesterday's
        known[world.hour] = _sky(world, atlas, spells, dice)
    weather = known[world.hour]
    return None if weather == world.weather else WeatherTurned(weather=weather)


@remembered
def _skies(atlas: Atlas, spells: Sequence[WeatherSpell], dice: Dice) -> dict[int, tuple[str, ...]]:
    """The weather of the hour that was asked for last: several wars may have their day at it."""
    return {}


def _sky(world: World, atlas: Atlas, spells: Sequence[WeatherSpell], dice: Dice) -> tuple[str, ...]:
    month, day = dates.month(world.hour) - 1, dates.day_number(world.hour)
    observed = {c: s.state for s in spells if s.first <= world.hour < s.last + dates.DAY for c in s.climates}
    unseen = [climate for climate in atlas.climates if climate.id not in observed]
    luck = dice.uniforms("weather", keys([c.id for c in unseen]), day).tolist() if unseen else []
    drawn = {
        c.id: _drawn(c.snow[month], c.mud[month], c.rain[month], c.frost[month], u)
        for c, u in zip(unseen, luck, strict=True)
    }
    return tuple((observed | drawn)[c.id] for c in atlas.climates)


def _drawn(snow: float, mud: float, rain: float, frost: float, u: float) -> str:
    for state, chance in (("snow", snow), ("mud", mud), ("rain", rain)):
        if u < chance:
            return state
        u -= chance
    return "frost" if u < frost else "clear"
