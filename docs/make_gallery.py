"""The synthetic samples -> docs/gallery.md: every chart, with the line that draws it.

The convention owned here: what stands under a picture is the code that was run for it. Run it as
``.venv/bin/python docs/make_gallery.py``, from anywhere.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import followup_analysis as fa

ROOT = Path(__file__).parents[1]
CHARTS = {
    "timeline": ("Every interview on a line", "fa.timeline(log)"),
    "activity": ("The search as a calendar", "fa.activity(log)"),
    "sankey": ("Where the applications went", "fa.sankey(log)"),
    "cumulative_incidence": ("What became of the interviews", "fa.cumulative_incidence(log)"),
    "cumulative_incidence_by": (
        "The same, by kind of role", 'fa.cumulative_incidence(centre, by="role_family")'
    ),
    "waiting_curve": ("How long answers take", "fa.kaplan_meier(log)"),
    "restricted_mean": (
        "The mean wait, by round", 'fa.restricted_mean(centre, by="stage")'
    ),
    "waiting": ("Is this silence still normal?", "fa.waiting(log)"),
    "due": ("What is due", "fa.due(log)"),
    "plan_kept": ("Plans kept", "fa.plan_kept(log)"),
    "people": ("Who is waiting", "fa.people(centre)"),
    "timing": ("The chart that everybody draws, over what it shows by itself", "fa.timing(log)"),
    "effect": ("Does following up help?", "fa.follow_up_effect(log)"),
    "timing_curve": ("By which day?", "fa.timing_curve(log)"),
    "compare_methods": ("Naive and honest, side by side", "fa.compare_methods(log)"),
    "forest_of_levels": ("For whom?", 'fa.effect_by(centre, "role_family")'),
    "speed_up": ("Does it speed things up?", "fa.speed_up(log)"),
    "landmark": ("Among those who still waited", "fa.landmark(log)"),
    "hazard_ratio": ("Times as many answers a day", "fa.hazard_ratio(log)"),
    "simon_makuch": ("Before and after a follow-up", "fa.simon_makuch(log)"),
    "sense_of_control": ("Does it give a sense of control?", "fa.sense_of_control(log)"),
    "minimal_detectable_effect": (
        "What could a log of this size show?", "fa.minimal_detectable_effect(log)"
    ),
    "negative_controls": ("Checks that should find nothing", "fa.negative_controls(log)"),
}  # fmt: skip
TOP = """# Gallery

Every chart, drawn from the synthetic samples: `log = fa.load_sample()` is one job seeker's,
`centre = fa.load_sample("career_centre")` that of 300 people. The colours are told apart with every
kind of colour vision, and each has a second cue that is left in black and white. This page is made
by `docs/make_gallery.py`.
"""


def main(root: Path = ROOT) -> None:
    """Write the page, and its pictures into docs/gallery."""
    folder = root / "docs" / "gallery"
    folder.mkdir(parents=True, exist_ok=True)
    names = {
        "fa": fa, "log": fa.load_sample(), "centre": fa.load_sample("career_centre")
    }  # fmt: skip
    parts = [TOP]
    for name, (heading, code) in CHARTS.items():
        picture = eval(code, names).picture()
        (folder / f"{name}.png").write_bytes(shrink(picture.png))
        parts.append(f"## {heading}\n\n![{picture.alt}](gallery/{name}.png)\n\n`{code}.plot()`\n")
        print(f"docs/gallery/{name}.png")
    (root / "docs" / "gallery.md").write_text("\n".join(parts), "utf-8")


def shrink(png: bytes) -> bytes:
    """Keep 255 colours, which is all that a chart has: a third of the size."""
    from PIL import Image

    out = BytesIO()
    Image.open(BytesIO(png)).convert("RGB").quantize(255).save(out, "png", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    main()
