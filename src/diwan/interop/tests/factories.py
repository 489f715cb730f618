"""Small registers to be made wrong."""

from __future__ import annotations

from pathlib import Path

HEAD = """\
format: diwan-register/1
register: trial
language: en
country: IR
recorded: '2026-11-01'
"""
BODY = """\
units:
- key: office
  name: {en: Office}
  kind: office
- key: branches
  name: {en: 'Branch of {province}'}
  kind: branch
  parent: office
  one_per: province
posts:
- key: chief
  unit: office
  name: {en: Chief}
  roles: [head]
- key: branch-head
  unit: branches
  name: {en: Head of branch}
  roles: [head]
people:
- key: someone
  name: {en: Somebody}
  holds:
  - {post: chief}
bodies:
- key: board
  unit: office
  kind: board
  name: {en: Board}
  members:
  - {post: chief, role: chair}
meetings:
- key: m1
  body: board
  date: '2026-10-20'
  resolutions:
  - key: r1
    kind: resolved
    text: {en: Do it.}
    actions:
    - key: a1
      text: {en: Do it}
      owner: chief
      due_after: 1 month
    - key: a2
      text: {en: Do it everywhere}
      owner: branch-head
      each_unit: branches
"""
REGISTER = HEAD + BODY


def file_of(folder: Path, text: str | bytes, name: str = "trial.yaml") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path
