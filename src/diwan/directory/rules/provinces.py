"""The 31 provinces of Iran and the 27 governorates of Egypt (ISO 3166-2), as data.

Row and column are the place of a province's tile on a map of one tile each, laid by hand so that
neighbours stay neighbours: row 1 is the north, column 1 the west. Geography never flips: on a
right-to-left page the columns still run from west to east. The one empty place in the middle of
Iran is the desert.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Province:
    """A province: its code, its name alone (without the word for province), its tile."""

    code: str
    names: dict[str, str]
    row: int
    column: int

    @property
    def short_names(self) -> dict[str, str]:
        """Names that fit a small tile: as they are usually cut short, in each language."""
        return self.names | _SHORT.get(self.code, {})

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2 code of its country."""
        return self.code[:2]


_TABLE = """
IR-04|آذربایجان غربی|أذربيجان الغربية|West Azerbaijan|1|1
IR-03|آذربایجان شرقی|أذربيجان الشرقية|East Azerbaijan|1|2
IR-24|اردبیل|أردبيل|Ardabil|1|3
IR-19|زنجان|زنجان|Zanjan|2|2
IR-01|گیلان|جيلان|Gilan|2|3
IR-02|مازندران|مازندران|Mazandaran|2|4
IR-27|گلستان|غلستان|Golestan|2|5
IR-12|کردستان|كردستان|Kurdistan|3|1
IR-26|قزوین|قزوين|Qazvin|3|2
IR-30|البرز|ألبرز|Alborz|3|3
IR-23|تهران|طهران|Tehran|3|4
IR-20|سمنان|سمنان|Semnan|3|5
IR-28|خراسان شمالی|خراسان الشمالية|North Khorasan|3|6
IR-05|کرمانشاه|كرمانشاه|Kermanshah|4|1
IR-13|همدان|همدان|Hamadan|4|2
IR-00|مرکزی|المركزية|Markazi|4|3
IR-25|قم|قم|Qom|4|4
IR-09|خراسان رضوی|خراسان الرضوية|Razavi Khorasan|4|6
IR-16|ایلام|إيلام|Ilam|5|1
IR-15|لرستان|لرستان|Lorestan|5|2
IR-14|چهارمحال و بختیاری|تشهارمحال وبختياري|Chaharmahal and Bakhtiari|5|3
IR-10|اصفهان|أصفهان|Isfahan|5|4
IR-21|یزد|يزد|Yazd|5|5
IR-29|خراسان جنوبی|خراسان الجنوبية|South Khorasan|5|6
IR-06|خوزستان|خوزستان|Khuzestan|6|2
IR-17|کهگیلویه و بویراحمد|كهكيلويه وبوير أحمد|Kohgiluyeh and Boyer-Ahmad|6|3
IR-07|فارس|فارس|Fars|6|4
IR-08|کرمان|كرمان|Kerman|6|5
IR-11|سیستان و بلوچستان|سيستان وبلوشستان|Sistan and Baluchestan|6|6
IR-18|بوشهر|بوشهر|Bushehr|7|3
IR-22|هرمزگان|هرمزكان|Hormozgan|7|5
EG-ALX|اسکندریه|الإسكندرية|Alexandria|1|2
EG-KFS|کفر الشیخ|كفر الشيخ|Kafr El Sheikh|1|3
EG-DK|دقهلیه|الدقهلية|Dakahlia|1|4
EG-DT|دمیاط|دمياط|Damietta|1|5
EG-PTS|پورت سعید|بورسعيد|Port Said|1|6
EG-MT|مطروح|مطروح|Matrouh|2|1
EG-BH|بحیره|البحيرة|Beheira|2|2
EG-GH|غربیه|الغربية|Gharbia|2|3
EG-SHR|شرقیه|الشرقية|Sharqia|2|4
EG-IS|اسماعیلیه|الإسماعيلية|Ismailia|2|5
EG-SIN|سینای شمالی|شمال سيناء|North Sinai|2|6
EG-MNF|منوفیه|المنوفية|Monufia|3|3
EG-KB|قلیوبیه|القليوبية|Qalyubia|3|4
EG-SUZ|سوئز|السويس|Suez|3|5
EG-JS|سینای جنوبی|جنوب سيناء|South Sinai|3|6
EG-GZ|جیزه|الجيزة|Giza|4|3
EG-C|قاهره|القاهرة|Cairo|4|4
EG-FYM|فیوم|الفيوم|Faiyum|5|2
EG-BNS|بنی سویف|بني سويف|Beni Suef|5|3
EG-MN|منیا|المنيا|Minya|6|3
EG-WAD|وادی جدید|الوادي الجديد|New Valley|7|2
EG-AST|اسیوط|أسيوط|Asyut|7|3
EG-SHG|سوهاج|سوهاج|Sohag|8|3
EG-KN|قنا|قنا|Qena|8|4
EG-BA|دریای سرخ|البحر الأحمر|Red Sea|8|5
EG-LX|اقصر|الأقصر|Luxor|9|4
EG-ASN|اسوان|أسوان|Aswan|10|4
"""

_SHORT_TABLE = """
IR-04|آ. غربی|أ. غربية|W. Azar.
IR-03|آ. شرقی|أ. شرقية|E. Azar.
IR-02|مازندران|مازندران|Mazand.
IR-28|خ. شمالی|خ. شمالية|N. Khor.
IR-05|کرمانشاه|كرمانشاه|Kermansh.
IR-09|خ. رضوی|خ. رضوية|R. Khor.
IR-14|چهارمحال|تشهارمحال|Chaharm.
IR-29|خ. جنوبی|خ. جنوبية|S. Khor.
IR-06|خوزستان|خوزستان|Khuzest.
IR-17|کهگیلویه|كهكيلويه|Kohgil.
IR-11|سیستان|سيستان|Sistan
IR-22|هرمزگان|هرمزكان|Hormoz.
IR-13|همدان|همدان|Hamad.
EG-ALX|اسکندریه|إسكندرية|Alex.
EG-KFS|کفر شیخ|ك. الشيخ|Kafr Sh.
EG-DT|دمیاط|دمياط|Damiet.
EG-PTS|پورت سعید|بورسعيد|Port S.
EG-IS|اسماعیلیه|إسماعيلية|Ismailia
EG-SIN|سینای ش.|ش. سيناء|N. Sinai
EG-KB|قلیوبیه|القليوبية|Qalyub.
EG-JS|سینای ج.|ج. سيناء|S. Sinai
EG-BNS|بنی سویف|بني سويف|B. Suef
EG-WAD|وادی جدید|الوادي ج.|New V.
EG-BA|دریای سرخ|البحر ح.|Red Sea
"""
_SHORT = {
    code: dict(zip(("fa", "ar", "en"), names, strict=True))
    for code, *names in (line.split("|") for line in _SHORT_TABLE.strip().splitlines())
}


@cache
def _all() -> tuple[Province, ...]:
    found = []
    for line in _TABLE.strip().splitlines():
        code, fa, ar, en, row, column = line.split("|")
        found.append(Province(code, {"fa": fa, "ar": ar, "en": en}, int(row), int(column)))
    return tuple(sorted(found, key=lambda province: province.code))


@cache
def provinces(country: str) -> tuple[Province, ...]:
    """The provinces of an ISO 3166-1 alpha-2 code in order of their codes; none if unknown."""
    return tuple(province for province in _all() if province.country == country)


@cache
def province(code: str) -> Province | None:
    """The province of an ISO 3166-2 code, None if unknown."""
    return next((p for p in _all() if p.code == code), None)
