"""The page at a glance: what is on it, that it can be kept, and that nothing in it runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from seven import APPLICATIONS, EVENTS, seven_applications

import followup_analysis as fa

SCRIPT, FORMULA = "<script>alert(1)</script>", '=HYPERLINK("http://example.com","x")'
TEXT = f"""{FORMULA} {SCRIPT} "><img src=x onerror=alert(1)> ' $\\frac{{1}}{{$"""
FORBIDDEN = {"script", "iframe", "object", "embed", "link", "base", "form", "input", "svg"}


WIDTHS = """async () => Promise.all([...document.images].map(
    async (image) => { await image.decode(); return image.naturalWidth; }
))"""


class Page(HTMLParser):
    """Collects what a browser would see: tags with their attributes, and the text between."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += f"{data} "

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def several():
    """Three interviews of two people, one of which is open."""
    applications = APPLICATIONS.assign(person=["Ada", "Ada", "Bo", "Bo", "Ada", None, "Bo"])
    return seven_applications(applications=applications)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "search.html"
    fa.overview(seven_applications()).save(path)
    return path


def hostile(text):
    """Return the seven applications with that in each field that holds text."""
    applications = APPLICATIONS.assign(
        company=text, role=text, role_family=text, source=text, contact=text, status=text,
        notes=text, person=text, **{text: text},
    )  # fmt: skip
    words = {"content": text, "file": text, "sheet": text, "column": text, "rule": text}
    events = EVENTS.assign(detail=text, **words)
    ratings = pd.DataFrame({"application_id": list("AABBEE"), "stress": [3, 2, 4, 3, 5, 5]})
    problems = pd.DataFrame({"line": [2], "column": [text], "value": [text], "remedy": [text]})
    return seven_applications(
        applications=applications, events=events, ratings=ratings.assign(date="2026-03-28"),
        problems=problems, notes=(text,),
    )  # fmt: skip


def test_the_page_answers_in_order(page):
    seen = Page(page.read_text("utf-8"))
    assert len(seen.all("h1")) == 1
    anchors = [tag["href"].removeprefix("#") for tag in seen.all("a")]
    assert anchors[:4] == ["due", "timeline", "activity", "sankey"]
    assert {"waiting", "incidence", "timing", "effect", "methods"} <= set(anchors)
    assert [tag["id"] for tag in seen.all("h2") if "id" in tag] == anchors
    assert "7 applications, 7 interviews, 4 follow-ups" in seen.text


def test_each_picture_is_in_the_file_and_says_what_it_shows(page):
    images = Page(page.read_text("utf-8")).all("img")
    assert len(images) >= 8
    for image in images:
        assert image["src"].startswith("data:image/png;base64,")
        assert len(image["alt"]) > 60
    assert page.stat().st_size < 1_000_000


def test_a_note_that_all_sections_share_is_said_once(page):
    shared = "1 answered on an unknown day (1 no): in no estimate of time."
    assert Page(page.read_text("utf-8")).text.count(shared) == 1


def test_what_was_computed_can_be_kept():
    overview = fa.overview(seven_applications())
    result = fa.cumulative_incidence(seven_applications())
    pd.testing.assert_frame_equal(overview.tables["incidence"], result.table)
    figures = overview.figures
    assert set(figures) <= set(overview.tables)
    assert figures["incidence"].axes[0].get_xlabel() == "days since the interview"
    assert result.sentence in repr(overview)
    assert result.sentence in overview._repr_html_()


def test_ratings_are_on_the_page_where_there_are_any():
    assert "control" not in fa.overview(seven_applications()).tables
    ratings = pd.DataFrame({"application_id": ["A", "A"], "date": ["2026-03-02", "2026-03-05"]})
    rated = seven_applications(ratings=ratings.assign(stress=[6, 4], control=[3, 5]))
    assert "sense of control" in repr(fa.overview(rated))


def test_names_of_pages_are_checked(tmp_path):
    overview = fa.overview(seven_applications())
    with pytest.raises(fa.FollowupError, match=r"ends in \.html, not 'log\.csv'"):
        overview.save(tmp_path / "log.csv")
    with pytest.raises(fa.FollowupError, match="no folder .*make it first"):
        overview.save(tmp_path / "away" / "search.html")
    with pytest.raises(fa.FollowupError, match="by is 'person' or left out, not 'company'"):
        fa.overview(seven_applications(), by="company")


@pytest.mark.parametrize(
    "log",
    [
        fa.JobSearchLog(APPLICATIONS.iloc[:0], EVENTS.iloc[:0]),
        seven_applications(events=EVENTS.iloc[:0]),
        seven_applications(events=EVENTS.iloc[:1]),
    ],
    ids=["empty", "no interview", "one interview"],
)
def test_few_data_make_a_page_too(log, tmp_path):
    for by in (None, "person"):
        fa.overview(log, by=by).save(tmp_path / "search.html")
        assert "no interview with a known day" in repr(fa.overview(log)) or len(log.interviews())


def test_people_are_counted_and_not_named(several):
    table = fa.people(several).table.set_index("person")
    # Ada's A, B and E; Bo's two of C, and D; nobody's F has its no on an unknown day.
    columns = ["applications", "interviews", "followed_up", "yes", "no", "withdrawn", "open"]
    assert table.loc["person 1", columns].tolist() == [3, 3, 2, 1, 1, 0, 1]
    assert table.loc["person 2", columns].tolist() == [3, 3, 1, 1, 0, 1, 1]
    assert table.loc["not recorded", columns].tolist() == [1, 1, 0, 0, 1, 0, 0]
    assert table.loc["person 2", "longest_silence"] == 15
    assert pd.isna(table.loc["not recorded", "longest_silence"])


def test_who_owes_a_follow_up_stands_first(several):
    later = several.replace(as_of="2026-04-06")  # Ada has not sent what E was to get on 2 April
    result = fa.people(later)
    assert result.table[["person", "due"]].iloc[0].tolist() == ["person 1", 1]
    assert result.table["due"].sum() == (fa.due(later).table["status"] == "due").sum() == 1
    assert result.sentence.endswith("1 owes a follow-up, 1 in all.")


def test_a_page_of_many_names_them_only_when_asked(several, tmp_path):
    written = {}
    for names in (False, True):
        fa.overview(several, by="person", names=names).save(tmp_path / "page.html")
        written[names] = Page((tmp_path / "page.html").read_text("utf-8"))
    assert "person 2" in written[False].text
    assert not re.search(r"\b(Ada|Bo|Cedar|Elm)\b", written[False].text)
    alts = " ".join(image["alt"] for image in written[False].all("img"))
    assert not re.search(r"\b(Ada|Bo|Cedar|Elm)\b", alts)
    assert re.search(r"\bAda\b", written[True].text)


@pytest.mark.parametrize("by", [None, "person"])
def test_what_a_file_holds_is_text_in_notebook_and_page(by, tmp_path):
    log = hostile(TEXT)
    overview = fa.overview(log, by=by, names=True)
    overview.save(tmp_path / "search.html")
    shown = [(tmp_path / "search.html").read_text("utf-8"), overview._repr_html_()]
    shown += [log._repr_html_(), *(section.result._repr_html_() for section in overview.sections)]
    for html in shown:
        seen = Page(html)
        assert {tag for tag, _ in seen.tags} & FORBIDDEN == set()
        for tag, attributes in seen.tags:
            assert not [name for name in attributes if name.startswith("on")]
            assert attributes.get("href", "#").startswith("#")
            assert attributes.get("src", "data:image/png").startswith("data:image/png"), tag
    assert Page(shown[0]).text.count(TEXT) >= 3
    assert "://" not in shown[0].replace("http://example.com", "")


def written(text, folder):
    path = folder / "search.html"
    fa.overview(hostile(text)).save(path)
    return path


@pytest.mark.browser
def test_nothing_runs_and_nothing_is_fetched_in_a_browser(tmp_path, chromium):
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    asked, said = [], []
    with sync_api.sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_context(offline=True).new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        for text in (SCRIPT, FORMULA, TEXT):
            page.goto(written(text, tmp_path).as_uri())
            widths = page.evaluate(WIDTHS)
            assert len(widths) >= 8
            assert min(widths) > 600
            assert page.evaluate("document.scripts.length") == 0
            assert page.get_by_text(text).count() > 0
        browser.close()
    assert said == []
    assert {url.partition(":")[0] for url in asked} <= {"file", "data"}
