"""Copy what pages and papers use from node_modules into build: `python scripts/assets.py`."""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
ASSETS = {
    "@picocss/pico/css/pico.min.css": "assets/vendor/pico.min.css",
    "vazirmatn/fonts/webfonts/Vazirmatn[wght].woff2": "assets/vendor/Vazirmatn[wght].woff2",
    # The citizen's pages leave the Latin letters out: less than half of it.
    "vazirmatn/misc/Non-Latin/fonts/webfonts/Vazirmatn-NL[wght].woff2": (
        "assets/vendor/Vazirmatn-NL[wght].woff2"
    ),
    # PDFs are set from fonts with outlines; no browser asks for these.
    "vazirmatn/fonts/ttf/Vazirmatn-Regular.ttf": "fonts/Vazirmatn-Regular.ttf",
    "vazirmatn/fonts/ttf/Vazirmatn-Bold.ttf": "fonts/Vazirmatn-Bold.ttf",
}


def main() -> int:
    """Copy; 1 with one sentence if npm has not brought a file."""
    target = ROOT / "build"
    for source, name in ASSETS.items():
        file = MODULES / source
        if not file.is_file():
            print(f"{file} is missing: `npm ci` did not bring it.", file=sys.stderr)
            return 1
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target / name)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
