"""Compile each room's hand-written catalogues: `python -m diwan.config.messages`.

Needs no gettext: polib writes the .mo. Only catalogues newer than their .mo are compiled.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parents[1]


def catalogues(package: Path = PACKAGE) -> Iterator[Path]:
    """The .po files of all rooms, in a stable order."""
    yield from sorted(package.glob("*/locale/*/LC_MESSAGES/*.po"))


def compile_all(package: Path = PACKAGE, *, force: bool = False) -> list[Path]:
    """Compile the catalogues that changed; the .mo files written.

    Raises OSError with polib's sentence (file and line) if a catalogue cannot be read.
    """
    written = []
    for source in catalogues(package):
        target = source.with_suffix(".mo")
        if not force and target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        entries = polib.pofile(str(source), encoding="utf-8")
        # Under its name only when complete: a server that starts meanwhile never reads half.
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        entries.save_as_mofile(str(draft))
        draft.replace(target)
        written.append(target)
    return written


def main() -> int:
    """Compile and say how many; 1 with one sentence if a catalogue is broken."""
    try:
        written = compile_all(force="--force" in sys.argv[1:])
    except OSError as error:
        print(f"A catalogue cannot be compiled: {error}", file=sys.stderr)
        return 1
    print(
        f"{len(written)} catalogues compiled, {len(list(catalogues())) - len(written)} up to date."
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
