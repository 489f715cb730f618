"""With the keyboard alone: sign in, open the desk, take the next step, attach proof, send it.

Whatever has the focus can be seen to have it, and the first key leads past the shell.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .stories import MEHREGAN, NAKHEEL, PASSWORD, Story, stage
from .visitors import Visit, Visitor
from .way import Way

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FAR = 80
"""Nothing that one needs lies more keys away than this."""
FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const label = one.labels && one.labels.length ? one.labels[0].innerText : "";
  return {
    tag: one.tagName, name: one.getAttribute("name") || "", id: one.id,
    says: one.getAttribute("aria-label") || label || one.innerText || "",
    href: one.getAttribute("href") || "",
    seen: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)
      || style.boxShadow !== "none",
  };
}"""


def to(visitor: Visitor, *, name: str = "", says: str = "", href: str = "") -> dict[str, Any]:
    """Go on with the tab key until what is meant has the focus, as can be seen at each stop."""
    for _key in range(FAR):
        visitor.page.keyboard.press("Tab")
        one: dict[str, Any] = visitor.page.evaluate(FOCUSED)
        assert one["seen"] or one["tag"] == "BODY", f"{visitor.path}: no focus to be seen on {one}"
        if (name and one["name"] == name) or (href and href in one["href"]):
            return one
        if says and one["says"].strip().startswith(visitor.words(says)):
            return one
    raise AssertionError(f"{visitor.path}: {name or says or href} is not within {FAR} keys")


def enter(visitor: Visitor) -> None:
    """Press what has the focus; another page comes."""
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")


@pytest.mark.parametrize("story", [MEHREGAN, NAKHEEL], ids=lambda story: story.register)
def test_from_signing_in_to_the_report(story: Story, visit: Visit, tmp_path: Path) -> None:
    scene = stage(story, tmp_path, None)
    way = Way(scene, visit, tmp_path)
    way.confirm()
    owner = visit(scene.story.language)
    # Somebody must wait for files from the start, or the browser opens a window of its own.
    owner.page.on("filechooser", lambda _chooser: None)
    owner.go("account/sign-in/")
    to(owner, name="login")
    owner.page.keyboard.type(scene.players["owner"].login)
    to(owner, name="password")
    owner.page.keyboard.type(PASSWORD)
    enter(owner)
    owner.reads(scene.text)
    action = str(scene.action.pk)
    for step in ("start", "report"):
        if owner.path != f"/{owner.language}/":
            owner.go()
        to(owner, href=f"{action}/{step}/")
        enter(owner)
        if step == "start":
            to(owner, says="Start the work")
            enter(owner)
            assert scene.state() == "doing"
    to(owner, name="note")
    owner.page.keyboard.type("پیوست است")
    to(owner, name="proofs")
    with owner.page.expect_file_chooser() as chosen:
        owner.page.keyboard.press("Enter")
    chosen.value.set_files(way.proof)
    to(owner, says="Send the report")
    enter(owner)
    owner.reads(way.proof.name)
    assert scene.state() == "done"


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_the_first_key_leads_past_the_shell(language: str, visit: Visit, db: None) -> None:
    visitor = visit(language)
    visitor.go()
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate("document.activeElement.className") == "skip"
    assert visitor.page.evaluate(FOCUSED)["seen"]
    visitor.page.keyboard.press("Enter")
    assert visitor.page.evaluate("document.activeElement.id") == "main"
