"""``{% load pictures %}``: charts that few pages need."""

from __future__ import annotations

from collections.abc import Sequence

from django import template

from diwan.ui import drawing
from diwan.ui.components import StackedBar

register = template.Library()


@register.inclusion_tag("ui/parts/stacks.html")
def stacked_bars(bars: Sequence[StackedBar], title: str, names: Sequence[str]) -> dict[str, object]:
    """Draw stacked bars, time from left to right; `names` of the parts from below. One a page."""
    drawn = drawing.stacks([bar.values for bar in bars])
    width = int(len(drawn) * drawing.STACK_PITCH)
    pairs = list(zip(bars, drawn, strict=True))
    return {"stacks": pairs, "title": title, "names": names, "width": width}
