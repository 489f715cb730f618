"""``{% load ui %}``: filters and tags of every page; ui/README.md shows each with an example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.http import HttpRequest
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from diwan.kernel.calendars import PartialDate
from diwan.kernel.reader import current
from diwan.kernel.text import direction
from diwan.kernel.text import isolate as isolated
from diwan.ui import drawing, sending, show
from diwan.ui.components import TONE_ICONS, Bar, Card, Event, Link, Node, Pair, Step, Tag, Tile
from diwan.ui.components import tone_of as known_tone
from diwan.ui.forms import AsOfForm, SearchForm
from diwan.ui.icons import draw

register = template.Library()

# Each stands in the language's own name, so that who says the name aloud finds the link.
SHORT_LANGUAGES = {"fa": "فا", "ar": "ع", "en": "En"}

register.filter("number", show.show_number)
register.filter("percent", show.show_percent)
register.filter("digits", show.show_digits)
register.filter("partial", show.show_partial)
register.filter("span", show.show_span)
register.filter("local_plain", show.show_local)
register.filter("file_size", show.show_size)
register.filter("clock", show.show_clock)
register.filter("tone_of", known_tone)


def _timed(value: date | datetime | None, shown: str) -> str:
    """Wrap a shown day or instant in ``<time>``; what is missing stays a dash."""
    if value is None or value == "":
        return show.NOTHING
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)


@register.filter
def day(value: date | datetime | None) -> str:
    """Day with month name and year in the reader's calendar."""
    return _timed(value, show.show_day(value or None))


@register.filter
def day_short(value: date | datetime | None) -> str:
    """Day without the year where it is the present one."""
    return _timed(value, show.show_day_short(value or None))


@register.filter
def day_numeric(value: date | datetime | None) -> str:
    """Day in figures."""
    return _timed(value, show.show_day_numeric(value or None))


@register.filter
def weekday_day(value: date | datetime | None) -> str:
    """Day with its weekday."""
    return _timed(value, show.show_weekday_day(value or None))


@register.filter
def moment(value: datetime | None) -> str:
    """Instant in the reader's zone and calendar, with the time of day."""
    return _timed(value, show.show_moment(value or None))


@register.filter
def local(value: Mapping[str, str] | str | None) -> str:
    """Text of a language map in an element that names its language and direction."""
    words, language = show.local_text(value)
    if not words:
        return ""
    return format_html('<bdi lang="{}" dir="{}">{}</bdi>', language, direction(language), words)


@register.filter
def isolate(value: object) -> str:
    """Text between isolates, for a number or a name inside a line of the other direction."""
    return "" if value in (None, "") else isolated(show.show_digits(value))


@register.filter
def code(value: object) -> str:
    """Official number with the reader's digits, isolated from the text around it."""
    if value in (None, ""):
        return ""
    return format_html('<bdi class="code">{}</bdi>', show.show_code(value))


@register.filter
def when(value: date | datetime | PartialDate | time | str | None) -> str:
    """Whatever a timeline or a tag has for a date; an instant at midnight is shown as its day."""
    if isinstance(value, datetime):
        return _timed(value, show.show_stated_moment(value))
    if isinstance(value, date):
        return day(value)
    if isinstance(value, PartialDate):
        return show.show_partial(value)
    return show.NOTHING if value is None else str(value)


@register.filter
def shown(value: object) -> object:
    """A detail as it is meant: days, instants, numbers and language maps in the reader's way."""
    if value is None or value == "":
        return show.NOTHING
    if isinstance(value, (date, datetime, PartialDate)):
        return when(value)
    if isinstance(value, Mapping):
        return local(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return show.show_number(value)
    return value


@register.filter
def kind(part: object) -> str:
    """Tell a quiet line's parts apart: tag, link or text."""
    if isinstance(part, Tag) or (isinstance(part, Mapping) and "tone" in part):
        return "tag"
    if isinstance(part, Link) or (isinstance(part, Mapping) and "url" in part):
        return "link"
    return "text"


@register.simple_tag
def icon(name: str, size: int = 18, label: str = "") -> str:
    """Draw a lucide icon; without ``label`` it is hidden from screen readers."""
    return draw(name, size=size, label=str(label))


@register.simple_tag
def carry(more: Sequence[tuple[str, str]] | str | None = None) -> SafeString:
    """Put into a form that writes what it carries unseen: its key, and the state it was made from.

    `more` is what `form_page` gives (`carried`), or the record of a form of one button.
    """
    given = [(sending.AS_SEEN, more)] if isinstance(more, str) and more else more or ()
    pairs = [(sending.ONCE, sending.new_key()), *given]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


@register.simple_tag
def text_direction() -> str:
    """Direction of the reader's language."""
    return direction(current().language)


@register.inclusion_tag("ui/parts/tag.html")
def state_tag(label: str, tone: str = "quiet", icon: str = "") -> dict[str, object]:
    """Draw a state: words, sign and colour."""
    known = known_tone(tone)
    return {"label": label, "tone": known, "icon": icon or TONE_ICONS[known]}


@register.inclusion_tag("ui/parts/tag.html")
def tag_item(tag: Tag) -> dict[str, object]:
    """Draw a Tag."""
    tone = known_tone(tag.tone)
    return {"label": tag.label, "tone": tone, "icon": tag.icon or TONE_ICONS[tone]}


@register.inclusion_tag("ui/parts/button.html")
def button(label: str, url: str, *, filled: bool = False, icon: str = "") -> dict[str, object]:
    """Draw a link that looks like a button."""
    return {"step": Step(label, url, filled=filled, icon=icon)}


@register.inclusion_tag("ui/parts/button.html")
def post_button(
    label: str,
    url: str,
    *,
    filled: bool = False,
    confirm: str = "",
    danger: bool = False,
    seen: str = "",
) -> dict[str, object]:
    """Draw a form of one button; `seen` is the record that it writes, as the page shows it."""
    step = Step(label, url, filled=filled, post=True, danger=danger, seen=seen)
    return {"step": step, "confirm": confirm}


@register.inclusion_tag("ui/parts/button.html")
def step_item(step: Step) -> dict[str, object]:
    """Draw a Step."""
    return {"step": step}


@register.inclusion_tag("ui/parts/progress.html")
def progress_bar(value: float, maximum: float, label: str = "") -> dict[str, object]:
    """Draw how much of a whole is done, in words and as a bar."""
    return {"value": value, "maximum": maximum, "bar_max": maximum or 1, "label": label}


@register.inclusion_tag("ui/parts/card.html")
def card_item(card: Card) -> dict[str, object]:
    """Draw a Card as an item of a list."""
    return {"card": card}


@register.inclusion_tag("ui/parts/group_heading.html")
def group_heading(title: str, count: int | None = None, tone: str = "quiet") -> dict[str, object]:
    """Draw the heading of a group of cards, with how many there are."""
    return {"title": title, "count": count, "tone": known_tone(tone)}


@register.inclusion_tag("ui/parts/data_list.html")
def data_list(pairs: Sequence[Pair]) -> dict[str, object]:
    """Draw facts as terms and details."""
    return {"pairs": pairs}


@register.inclusion_tag("ui/parts/choices.html")
def chips(label: str, choices: Sequence[Link]) -> dict[str, object]:
    """Draw filter chips."""
    return {"label": label, "choices": choices, "look": "chips"}


@register.inclusion_tag("ui/parts/choices.html")
def tabs(label: str, choices: Sequence[Link]) -> dict[str, object]:
    """Draw page tabs."""
    return {"label": label, "choices": choices, "look": "tabs"}


@register.inclusion_tag("ui/parts/pager.html", takes_context=True)
def pager(context: Context, page: Page[Any]) -> dict[str, object]:
    """Draw the pages of a list; other GET parameters are kept."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"page": page, "numbers": list(numbers), "request": context.get("request")}


@register.inclusion_tag("ui/parts/breadcrumbs.html")
def breadcrumbs(links: Sequence[Link]) -> dict[str, object]:
    """Draw the way from the top to here."""
    return {"links": links}


@register.inclusion_tag("ui/parts/empty_state.html")
def empty_state(
    title: str, text: str = "", step_label: str = "", step_url: str = ""
) -> dict[str, object]:
    """Say that nothing is here and what to do first."""
    step = Step(step_label, step_url, filled=True) if step_url else None
    return {"title": title, "text": text, "step": step}


@register.inclusion_tag("ui/parts/tree.html")
def tree(nodes: Sequence[Node]) -> dict[str, object]:
    """Draw nested nodes that fold."""
    return {"nodes": nodes}


@register.inclusion_tag("ui/parts/timeline.html")
def timeline(events: Sequence[Event]) -> dict[str, object]:
    """Draw events down a line."""
    return {"events": events}


@register.inclusion_tag("ui/parts/as_of_form.html", takes_context=True)
def as_of_form(context: Context, day: date) -> dict[str, object]:
    """Draw the form that asks for another date."""
    request = context.get("request")
    return {"form": AsOfForm(initial={"on": day}), "day": day, "request": request}


@register.inclusion_tag("ui/parts/filter_form.html", takes_context=True)
def filter_form(context: Context, form: SearchForm) -> dict[str, object]:
    """Draw a form that only asks, in one row."""
    request = context.get("request")
    return {"form": form, "request": request, "asked": bool(request and request.GET)}


@register.inclusion_tag("ui/parts/tile_map.html")
def tile_map(
    tiles: Sequence[Tile], title: str, legend: Sequence[Tag] = (), steps: Sequence[str] = ()
) -> dict[str, object]:
    """Draw a tile a place, west on the left in every language; `steps`: the depths' words."""
    ordered = sorted(tiles, key=lambda tile: (tile.row, tile.column))
    told = {"title": title, "legend": legend, "steps": steps, "dir": text_direction()}
    return {"tiles": ordered, **told}


@register.inclusion_tag("ui/parts/legend.html")
def legend(tags: Sequence[Tag]) -> dict[str, object]:
    """Say what the tones mean here."""
    return {"tags": tags}


@register.inclusion_tag("ui/parts/sparkline.html")
def sparkline(values: Sequence[float], title: str, desc: str = "") -> dict[str, object]:
    """Draw how a number went, oldest first."""
    return {"curve": drawing.curve(list(values)), "title": title, "desc": desc}


@register.inclusion_tag("ui/parts/bars.html")
def bar_chart(bars: Sequence[Bar], title: str, whole: float | None = None) -> dict[str, object]:
    """Draw horizontal bars, each as its part of ``whole``; without one the longest is full."""
    shares = drawing.shares([bar.value for bar in bars], whole)
    rows = [(bar, share, 0.0) for bar, share in zip(bars, shares, strict=True)]
    return {"bars": rows, "title": title, "look": "bars"}


@register.inclusion_tag("ui/parts/bars.html")
def funnel(bars: Sequence[Bar], title: str) -> dict[str, object]:
    """Draw stages, each as its part of the first."""
    whole = bars[0].value if bars else None
    shares = drawing.shares([bar.value for bar in bars], whole)
    rows = [(bar, share, (100 - share) / 2) for bar, share in zip(bars, shares, strict=True)]
    return {"bars": rows, "title": title, "look": "funnel"}


@register.inclusion_tag("ui/parts/languages.html", takes_context=True)
def language_links(context: Context) -> dict[str, object]:
    """Offer this same page in the other languages."""
    request: HttpRequest | None = context.get("request")
    path = request.get_full_path() if request else "/"
    codes = dict(settings.LANGUAGES)
    head, _, rest = path.lstrip("/").partition("/")
    here = rest if head in codes else ""
    return {
        "languages": [
            {
                "code": code,
                "name": name,
                "short": SHORT_LANGUAGES.get(code, code),
                "url": f"/{code}/{here}",
                "dir": direction(code),
            }
            for code, name in settings.LANGUAGES
        ],
        "present": current().language,
    }


@register.simple_tag
def form_item(form: object) -> str:
    """Draw a form's errors and fields; the same as ``{{ form }}``."""
    return str(form)


@register.simple_tag(takes_context=True)
def keep_query(context: Context, *left_out: str) -> str:
    """Repeat the present GET parameters as hidden inputs, without those named."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return ""
    pairs = [
        (name, value)
        for name, values in request.GET.lists()
        if name not in left_out
        for value in values
    ]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


@register.simple_block_tag
def panel(content: str, title: str = "") -> SafeString:
    """Set off a part of the page as a sheet with a heading."""
    heading = format_html("<h2>{}</h2>", title) if title else ""
    return format_html('<section class="sheet panel">{}{}</section>', heading, mark_safe(content))  # noqa: S308 - rendered by the template above it


@register.simple_block_tag
def notice(content: str, tone: str = "quiet") -> SafeString:
    """Set off a remark with its tone's sign."""
    known = known_tone(tone)
    sign = draw("info" if known == "quiet" else TONE_ICONS[known])
    inner = mark_safe(content)  # noqa: S308 - rendered by the template above it
    return format_html('<div class="notice tone-{}">{}<div>{}</div></div>', known, sign, inner)


@register.simple_block_tag
def table(content: str, caption: str, *, hidden: bool = True) -> SafeString:
    """Wrap a register's table: a caption, heads repeated in print, rows stacked when narrow."""
    inner = mark_safe(content)  # noqa: S308 - rendered by the template above it
    look = "visually-hidden" if hidden else ""
    return format_html(
        '<div class="table-frame"><table class="register" role="table">'
        '<caption class="{}">{}</caption>{}</table></div>',
        look,
        caption,
        inner,
    )
