"""Planning units: what stands once, what stands in each province, and what fills up the number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import Any

from diwan.directory.public import Province, provinces

from .dice import Dice, Mint
from .parts import PostPlan, RegisterPlan, UnitPlan
from .wording import Texts, read

NATURAL = 672
"""Units of the sample country as it is; with fewer, lists of places are cut short."""
FIXED = 112
"""Units that are there at any size: those named once, and those of each province."""


@dataclass(frozen=True)
class Spot:
    """A place for which a unit is made: its name and what else fills the unit's name."""

    name: str
    parent: UnitPlan
    more: tuple[tuple[str, str], ...] = ()
    number: int = 0


class Grower:
    """Makes the units of one register, level by level, for a country of `total` units."""

    def __init__(self, register: RegisterPlan, stream: Dice, mint: Mint, *, total: int) -> None:
        self.register = register
        self._dice = stream
        self._mint = mint
        self._share = min(1.0, max(0.0, (total - FIXED) / (NATURAL - FIXED)))
        self._extra = max(0, total - NATURAL) * register.told["share"] // 100
        self._provinces = {p.code: p for p in provinces(register.country)}
        self._counts: Counter[str] = Counter()
        self._by_key: dict[str, UnitPlan] = {}

    def grow(self) -> None:
        """Fill `register.units`, each after the one it stands under."""
        for told in self.register.told["units"]:
            parent = self._by_key.get(told.get("parent", ""))
            name = dict(told["name"])
            unit = self._unit(told, told["key"], name, parent)
            unit.place = name[self.register.language]
        for told in self.register.told["grow"]:
            if told["per"] in ("province", "parent"):
                self._patterned(told)
                continue
            for spot in self._spots(told):
                self._counts[told["key"]] += 1
                key = f"{told['key']}-{self._counts[told['key']]}"
                self._named(told, key, spot)

    def _patterned(self, told: Mapping[str, Any]) -> None:
        pattern = self.register.unit_patterns[told["key"]] = self._mint()
        for post in told["posts"]:
            self.register.post_patterns[told["key"], post] = self._mint()
        for code, province in self._provinces.items():
            above = told["parent"] if told["per"] == "province" else f"{told['parent']}-{code}"
            name = {
                language: text.replace("{province}", province.names[language])
                for language, text in told["name"].items()
            }
            key = f"{told['key']}-{code}"
            unit = self._unit(told, key, name, self._by_key[above], province=code)
            unit.pattern = pattern
            unit.place = self._place_of(province)
            for post, name_ in zip(unit.posts, told["posts"], strict=True):
                post.pattern = self.register.post_patterns[told["key"], name_]
                post.key = f"{told['key']}-{name_}-{code}"

    def _place_of(self, province: Province) -> str:
        language = self.register.language
        return {"fa": "استان ", "ar": "محافظة "}[language] + province.names[language]

    def _named(self, told: Mapping[str, Any], key: str, spot: Spot) -> None:
        values = {"name": spot.name, "n": str(spot.number), **dict(spot.more)}
        name = {}
        for language, text in told["name"].items():
            for mark, value in values.items():
                text = text.replace(f"{{{mark}}}", self._digits(value, language))  # noqa: PLW2901 # one mark after another
            name[language] = text
        unit = self._unit(told, key, name, spot.parent, province=spot.parent.province)
        unit.place = spot.name if told["kind"] != "school" else name["fa"].split("،")[0]

    @staticmethod
    def _digits(value: str, language: str) -> str:
        table = {"fa": "۰۱۲۳۴۵۶۷۸۹", "ar": "٠١٢٣٤٥٦٧٨٩"}.get(language, "0123456789")
        return value.translate({48 + n: digit for n, digit in enumerate(table)})

    def _spots(self, told: Mapping[str, Any]) -> Iterator[Spot]:
        parents = [unit for unit in self.register.units if unit.spec == told["parent"]]
        kind = told["per"]
        if kind == "extra":
            yield from self._filling(parents)
        elif kind == "below":
            for unit in parents:
                number = unit.key.rpartition("-")[2]
                yield Spot(unit.place, unit, number=int(number))
        elif kind in ("place", "district", "area"):
            yield from self._listed(told, parents)
        else:
            yield from self._schools(parents, self._cut(150))

    def _listed(self, told: Mapping[str, Any], parents: list[UnitPlan]) -> Iterator[Spot]:
        places = read("places")
        if told["per"] == "area":
            rows = [(parents[0], places["schools"]["areas"])]
            if not parents:
                rows = []
        elif told["per"] == "district":
            rows = [(self._by_key[told["parent"]], places["districts"][self.register.key])]
        else:
            of_country = places[self.register.country]
            limit = told.get("limit")
            rows = [(unit, of_country[unit.province][:limit]) for unit in parents]
        spots = [Spot(name, unit) for unit, names in rows for name in names]
        kept = self._cut(len(spots), least=2)
        # Every parent gets its first before one gets its second.
        turn = sorted(range(len(spots)), key=lambda n: (self._rank(spots, n), n))[:kept]
        for number, n in enumerate(sorted(turn), start=1):
            yield replace(spots[n], number=number)

    @staticmethod
    def _rank(spots: list[Spot], n: int) -> int:
        return sum(spots[m].parent is spots[n].parent for m in range(max(0, n - 40), n))

    def _cut(self, natural: int, *, least: int = 1) -> int:
        return max(least, round(natural * self._share))

    def _schools(self, parents: list[UnitPlan], count: int) -> Iterator[Spot]:
        schools = read("places")["schools"]
        for n, area in enumerate(islice(cycle(parents), count)):
            kind = schools["kinds"][(n // len(parents) + n) % len(schools["kinds"])]
            name = schools["names"][(n * 7) % len(schools["names"])]
            yield Spot(area.place, area, (("kind", kind), ("school", name)))

    def _filling(self, parents: list[UnitPlan]) -> Iterator[Spot]:
        schools = read("places")["schools"]
        numbers: Counter[str] = Counter()
        for n, parent in enumerate(islice(cycle(parents), self._extra)):
            numbers[parent.key] += 1
            kind = schools["kinds"][n % len(schools["kinds"])]
            name = schools["names"][(n * 11) % len(schools["names"])]
            more = (("kind", kind), ("school", name))
            yield Spot(parent.place, parent, more, number=numbers[parent.key])

    def _unit(
        self,
        told: Mapping[str, Any],
        key: str,
        name: Texts,
        parent: UnitPlan | None,
        *,
        province: str = "",
    ) -> UnitPlan:
        unit = UnitPlan(
            id=self._mint(),
            key=key,
            register=self.register,
            spec=told["key"],
            kind=told["kind"],
            name=name,
            place="",
            parent=parent,
            province=province,
            bodies=tuple(told.get("bodies", ())),
            # Offices differ: one does its work in two thirds of the time, another takes twice it.
            pace=min(2.2, max(0.6, self._dice.lognormvariate(0.0, 0.28))),
        )
        for post in told["posts"]:
            unit.posts.append(self._post(unit, post))
        self._by_key[key] = unit
        self.register.units.append(unit)
        if parent is not None:
            parent.children.append(unit)
        return unit

    def _post(self, unit: UnitPlan, spec: str) -> PostPlan:
        told = read("registers")["posts"][spec]
        language = self.register.language
        name = {which: text for which, text in told["name"].items() if which in (language, "en")}
        return PostPlan(
            id=self._mint(),
            key=f"{unit.key}-{spec}",
            unit=unit,
            spec=spec,
            name=name,
            roles=tuple(sorted(told["roles"])),
        )
