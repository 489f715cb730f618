"""Names of months and weekdays in Persian, Arabic and English, and how people also write them.

Plain tables instead of a catalogue: they are data of the calendars, they must also be read back,
and a change of the interface's language must not change them.
"""

from diwan.kernel.text import base_language

from .convert import Calendar

MONTHS: dict[Calendar, dict[str, tuple[str, ...]]] = {
    Calendar.GREGORIAN: {
        "fa": (
            "ژانویه",
            "فوریه",
            "مارس",
            "آوریل",
            "مه",
            "ژوئن",
            "ژوئیه",
            "اوت",
            "سپتامبر",
            "اکتبر",
            "نوامبر",
            "دسامبر",
        ),
        # Egypt's names, not the Levant's.
        "ar": (
            "يناير",
            "فبراير",
            "مارس",
            "أبريل",
            "مايو",
            "يونيو",
            "يوليو",
            "أغسطس",
            "سبتمبر",
            "أكتوبر",
            "نوفمبر",
            "ديسمبر",
        ),
        "en": (
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ),
    },
    Calendar.JALALI: {
        "fa": (
            "فروردین",
            "اردیبهشت",
            "خرداد",
            "تیر",
            "مرداد",
            "شهریور",
            "مهر",
            "آبان",
            "آذر",
            "دی",
            "بهمن",
            "اسفند",
        ),
        "ar": (
            "فروردين",
            "أرديبهشت",
            "خرداد",
            "تير",
            "مرداد",
            "شهريور",
            "مهر",
            "آبان",
            "آذر",
            "دي",
            "بهمن",
            "إسفند",
        ),
        "en": (
            "Farvardin",
            "Ordibehesht",
            "Khordad",
            "Tir",
            "Mordad",
            "Shahrivar",
            "Mehr",
            "Aban",
            "Azar",
            "Dey",
            "Bahman",
            "Esfand",
        ),
    },
    Calendar.HIJRI: {
        "fa": (
            "محرم",
            "صفر",
            "ربیع\u200cالاول",
            "ربیع\u200cالثانی",
            "جمادی\u200cالاول",
            "جمادی\u200cالثانی",
            "رجب",
            "شعبان",
            "رمضان",
            "شوال",
            "ذی\u200cالقعده",
            "ذی\u200cالحجه",
        ),
        "ar": (
            "المحرم",
            "صفر",
            "ربيع الأول",
            "ربيع الآخر",
            "جمادى الأولى",
            "جمادى الآخرة",
            "رجب",
            "شعبان",
            "رمضان",
            "شوال",
            "ذو القعدة",
            "ذو الحجة",
        ),
        "en": (
            "Muharram",
            "Safar",
            "Rabi al-Awwal",
            "Rabi al-Thani",
            "Jumada al-Ula",
            "Jumada al-Thania",
            "Rajab",
            "Shaban",
            "Ramadan",
            "Shawwal",
            "Dhu al-Qadah",
            "Dhu al-Hijjah",
        ),
    },
}

# Other spellings that are read but not written.
ALIASES: dict[Calendar, dict[int, tuple[str, ...]]] = {
    Calendar.GREGORIAN: {
        4: ("إبريل",),
        5: ("می",),
        6: ("جون",),
        7: ("جولای", "ژولای"),
        8: ("آگوست",),
        9: ("Sept",),
        10: ("اکتوبر",),
    },
    Calendar.JALALI: {
        2: ("Urdibehesht", "Ordibehest"),
        5: ("امرداد", "Amordad"),
        6: ("Shahriver",),
        8: ("Abaan",),
    },
    Calendar.HIJRI: {
        1: ("محرم الحرام", "محرم"),
        2: ("صفر الخير", "صفر المظفر"),
        3: ("ربیع الاولی", "Rabi I", "Rabi al-Awal"),
        4: ("ربيع الثاني", "ربیع الاخر", "Rabi II", "Rabi al-Akhir"),
        5: ("جمادی الاولی", "جمادی الاول", "Jumada I", "Jumada al-Awwal"),
        6: ("جمادى الثانية", "جمادی الاخر", "Jumada II", "Jumada al-Akhirah", "Jumada al-Thani"),
        7: ("رجب المرجب",),
        8: ("شعبان المعظم", "Shaaban"),
        9: ("رمضان المبارك", "Ramazan"),
        10: ("شوال المكرم",),
        11: ("ذي القعدة", "ذیقعده", "ذو القعده الحرام", "Dhu al-Qidah", "Zu al-Qadah"),
        12: ("ذي الحجة", "ذیحجه", "ذو الحجه الحرام", "Zu al-Hijjah"),
    },
}

# Monday first, as Python counts.
WEEKDAYS: dict[str, tuple[str, ...]] = {
    "fa": ("دوشنبه", "سه\u200cشنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه"),
    "ar": ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}

# What is set after a bare year when the reader would take it for another calendar's.
ERAS: dict[str, dict[Calendar, str]] = {
    "fa": {
        Calendar.GREGORIAN: "میلادی",
        Calendar.JALALI: "خورشیدی",
        Calendar.HIJRI: "قمری",
    },
    "ar": {Calendar.GREGORIAN: "م", Calendar.JALALI: "هـ.ش", Calendar.HIJRI: "هـ"},
    "en": {Calendar.GREGORIAN: "CE", Calendar.JALALI: "SH", Calendar.HIJRI: "AH"},
}


def known_language(language: str) -> str:
    """Return the language whose names are used: fa, ar, or en for every other."""
    base = base_language(language)
    return base if base in WEEKDAYS else "en"


def month_name(calendar: Calendar, month: int, language: str) -> str:
    """Name a month, 1 to 12."""
    return MONTHS[calendar][known_language(language)][month - 1]


def weekday_name(weekday: int, language: str) -> str:
    """Name a weekday as ``date.weekday()`` numbers it: Monday is 0."""
    return WEEKDAYS[known_language(language)][weekday]
