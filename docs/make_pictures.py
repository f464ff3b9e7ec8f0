"""The synthetic sample -> the pictures of the README, with their alternative texts.

The convention owned here: same sample and same matplotlib, same bytes. Run it as
``.venv/bin/python docs/make_pictures.py``, from anywhere.
"""

from __future__ import annotations

import re
from pathlib import Path

import followup_analysis as fa

ROOT = Path(__file__).parents[1]
DRAWN = {"incidence": fa.cumulative_incidence, "timing": fa.timing}


def main(root: Path = ROOT) -> None:
    """Write the pictures into docs/pictures, and what they show into the README."""
    folder, readme = root / "docs" / "pictures", root / "README.md"
    folder.mkdir(parents=True, exist_ok=True)
    log, text = fa.load_sample(), readme.read_text("utf-8")
    for name, analysis in DRAWN.items():
        picture = analysis(log).picture()
        picture.save(str(folder / f"{name}.png"))
        pattern = rf"!\[[^]]*\](?=\(docs/pictures/{name}\.png\))"
        text = re.sub(pattern, f"![{picture.alt}]", text)
        print(f"docs/pictures/{name}.png")
    readme.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
