"""What is due, the calendar of it, and plans held against what was done: by hand."""

import datetime as dt

import pandas as pd
import pytest
from seven import seven_applications

import followup_analysis as fa

HOSTILE = '<script>alert(1)</script>\r\nBEGIN:VALARM\n=HYPERLINK("http://x");, \\n'


def log_of(*events, company="Quillmoor", as_of="2026-03-31", **columns):
    """One application per letter; events are (letter, day of March, kind, other columns)."""
    rows = [
        {"application_id": who, "date": f"2026-03-{day:02d}" if day else None, "kind": kind, **more}
        for who, day, kind, *rest in events
        for more in (rest[0] if rest else {},)
    ]
    ids = sorted({row["application_id"] for row in rows})
    applications = pd.DataFrame({"application_id": ids, "company": company} | columns)
    return fa.JobSearchLog(applications, pd.DataFrame(rows), as_of=as_of)


def only(log, **options):
    (row,) = fa.due(log, **options).table.to_dict("records")
    return row


def test_the_rules_by_hand():
    log = log_of(
        ("a", 30, "interview"),  # nothing sent: due on day 1
        ("b", 10, "interview"), ("b", 11, "follow_up"),  # a week without a word: the 18th
        ("c", 10, "interview"), ("c", 11, "follow_up"), ("c", 20, "response"),  # the 27th
        ("d", 20, "interview", {"stated_deadline": "2026-04-02"}), ("d", 21, "follow_up"),
        ("e", 20, "interview", {"stated_deadline": "2026-03-22"}), ("e", 21, "follow_up"),
        # Written after the date that they had stated: back to a week without a word.
        ("f", 20, "interview", {"stated_deadline": "2026-03-22"}), ("f", 29, "follow_up"),
        ("g", 5, "interview"), ("g", 6, "follow_up"), ("g", 13, "follow_up"),
        ("g", 20, "follow_up"),  # three are enough
        ("h", 5, "interview"), ("h", 25, "ghosted"),
        ("i", 20, "interview"), ("i", 22, "offer"),  # answered: not in the list
        ("j", 20, "interview"), ("j", 29, "follow_up", {"planned": True}),
    )  # fmt: skip
    table = fa.due(log).table.set_index("application_id")
    due_on = table["due_on"].dt.strftime("%m-%d").fillna("")
    assert due_on.to_dict() == {
        "a": "03-31", "b": "03-18", "c": "03-27", "d": "04-03", "e": "03-23", "f": "04-05",
        "g": "", "h": "", "j": "03-29",
    }  # fmt: skip
    assert table["status"].to_dict() == {
        "a": "due", "b": "due", "c": "due", "d": "coming", "e": "due", "f": "coming",
        "g": "rest", "h": "rest", "j": "due",
    }  # fmt: skip
    assert table["days_late"].drop(["g", "h"]).to_dict() == {
        "a": 0, "b": 13, "c": 4, "d": -3, "e": 8, "f": -5, "j": 2,
    }  # fmt: skip
    assert table.loc[["a", "b", "e", "j", "h"], "rule"].tolist() == [
        "first follow-up, 1 day after the interview",
        "7 days without a word",
        "the day after the date that they stated",
        "your own plan",
        "you gave it up",
    ]
    assert table.index.tolist()[:5] == ["b", "e", "c", "j", "a"]  # the longest due first


def test_the_sentence_counts_and_names_the_longest_due():
    log = log_of(("a", 30, "interview"), ("b", 10, "interview"), ("b", 11, "follow_up"))
    assert fa.due(log).sentence == (
        "On 2026-03-31 a follow-up is due after 2 of 2 open interviews; 0 more to come, 0 at rest. "
        "Longest due: Quillmoor, 13 days late (7 days without a word; 100 in 100 others were "
        "still open after as long)."
    )
    assert fa.due(log, cadence=(14,)).sentence.startswith(
        "On 2026-03-31 no follow-up is due after 2 open interviews: 1 more to come, 1 at rest."
    )


def test_the_cadence_and_the_day_are_the_keeper_s():
    log = log_of(("a", 20, "interview"), ("a", 22, "follow_up"))
    assert only(log)["due_on"] == pd.Timestamp("2026-03-29")
    assert only(log, cadence=(2, 4))["due_on"] == pd.Timestamp("2026-03-26")
    assert only(log, cadence=[2])["status"] == "rest"
    # On the 21st the letter of the 22nd was not yet sent.
    early = only(log, on="2026-03-21")
    assert (early["due_on"], early["n_follow_ups"]) == (pd.Timestamp("2026-03-21"), 0)
    later = fa.due(log, on="2026-04-10")
    assert later.table["days_late"].tolist() == [12]
    assert any("nothing has come since" in note for note in later.notes)
    assert only(log, on="2026-06-30")["rule"] == "more than 30 days since the interview"
    assert only(log, on="2026-06-30", horizon=120)["status"] == "due"


def test_a_booked_interview_has_its_first_follow_up_to_come():
    log = log_of(("a", 28, "interview", {"planned": True}), as_of="2026-03-20")
    row = only(log)
    assert (row["status"], row["day"], row["due_on"]) == ("coming", -8, pd.Timestamp("2026-03-29"))
    assert pd.isna(row["still_waiting"])
    # Its day has passed: it is taken to have been held.
    held = only(log, on="2026-03-30")
    assert (held["status"], held["day"], held["days_late"]) == ("due", 2, 1)


def test_the_silence_is_judged_as_in_waiting():
    log = fa.load_sample()
    listed = fa.due(log).table.set_index("application_id")
    waits = fa.waiting(log).table.set_index("application_id")
    assert len(listed) == len(waits) == 19
    pd.testing.assert_series_equal(
        listed["still_waiting"].sort_index(), waits["still_waiting"].sort_index()
    )


def test_the_rule_and_its_source_are_told():
    note = fa.due(seven_applications()).notes[0]
    assert "650 hiring managers (CareerBuilder 2005)" in note
    assert "no evidence that it helps" in note
    assert "first follow-up 3 days after" in fa.due(seven_applications(), cadence=(3, 5)).notes[0]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"cadence": ()}, "list of whole days"),
        ({"cadence": (1, -2)}, "list of whole days"),
        ({"cadence": ("1",)}, "list of whole days"),
        ({"horizon": 0}, "horizon"),
        ({"on": "the ides"}, "on is a day such as"),
        ({"on": "04.03.2026"}, "on is a day such as"),
    ],
)
def test_what_makes_no_sense_is_refused(options, says):
    with pytest.raises(fa.FollowupError, match=says):
        fa.due(seven_applications(), **options)


def test_nothing_to_list():
    empty = fa.JobSearchLog(pd.DataFrame({"application_id": ["a"]}), pd.DataFrame({"kind": []}))
    with pytest.raises(fa.FollowupError, match="no dated event"):
        fa.due(empty)
    result = fa.due(empty, on="2026-03-31")
    assert result.sentence.startswith("On 2026-03-31 nothing is due: there is no interview")
    assert result.table.empty
    assert result.plot().texts[0].get_text() == "nothing to draw yet"


def test_the_picture_draws_each_that_is_due_or_coming():
    log = log_of(("a", 30, "interview"), ("b", 20, "interview", {"stated_deadline": "2026-04-02"}),
                 ("b", 21, "follow_up"), ("c", 1, "interview"), ("c", 9, "ghosted"),
                 company=["$\\frac$", "Birch", "Cedar"])  # fmt: skip
    ax = fa.due(log).plot()
    ax.figure.savefig("/dev/null", format="png")
    points = {line.get_label(): line.get_xydata().tolist() for line in ax.lines}
    assert points["due"] == [[0, 0]]
    assert points["coming"] == [[3, 1]]
    assert [label.get_text() for label in ax.get_yticklabels()] == [r"\$\frac\$", "Birch"]


# The calendar.


@pytest.fixture
def parsed():
    icalendar = pytest.importorskip("icalendar")

    def parse(path):
        return icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT")

    return parse


def test_the_calendar_comes_back(tmp_path, parsed):
    log = log_of(("a", 30, "interview"), ("b", 20, "interview", {"stated_deadline": "2026-04-02"}),
                 ("b", 21, "follow_up"), ("c", 1, "interview"), ("c", 9, "ghosted"),
                 ("d", 10, "interview"),
                 company=["Alder", "Birch", "Cedar", "Dogwood"])  # fmt: skip
    result = fa.due(log)
    path = result.to_ics(tmp_path / "due.ics")
    events = {str(event["summary"]): event for event in parsed(path)}
    assert list(events) == ["Follow up: Dogwood", "Follow up: Alder", "Follow up: Birch"]
    days = {name[11:]: (e["dtstart"].dt, e["dtend"].dt) for name, e in events.items()}
    today, birch = dt.date(2026, 3, 31), dt.date(2026, 4, 3)
    one = dt.timedelta(days=1)
    assert days["Alder"] == days["Dogwood"] == (today, today + one)  # what is late stands on today
    assert days["Birch"] == (birch, birch + one)
    assert {e["dtstamp"].dt for e in events.values()} == {
        dt.datetime(2026, 3, 31, tzinfo=dt.UTC)
    }  # not from the clock
    assert (
        "Why: the day after the date that they stated." in events["Follow up: Birch"]["description"]
    )
    assert path.read_bytes() == result.to_ics(tmp_path / "again.ics").read_bytes()


def test_the_same_follow_up_keeps_its_identifier(tmp_path, parsed):
    log = log_of(("a", 20, "interview"), ("b", 20, "interview"))

    def identifiers(log, **options):
        path = fa.due(log, **options).to_ics(tmp_path / "due.ics", overwrite=True)
        return sorted(str(event["uid"]) for event in parsed(path))

    first = identifiers(log)
    assert len(set(first)) == 2
    assert identifiers(log, on="2026-04-02") == first
    assert identifiers(log.replace(events=log.events.iloc[::-1])) == first
    events = log.events.to_dict("records")
    sent = [{"application_id": "a", "date": "2026-03-21", "kind": "follow_up"}]
    # Once that is sent, the next one is another; that of b stays.
    assert len({*identifiers(log.replace(events=pd.DataFrame(events + sent)))} & {*first}) == 1


def test_texts_of_the_log_are_inert_in_the_calendar(tmp_path, parsed):
    log = log_of(("a", 20, "interview"), company=HOSTILE, role=HOSTILE)
    path = fa.due(log).to_ics(tmp_path / "due.ics")
    (event,) = parsed(path)
    assert [component.name for component in event.walk()] == ["VEVENT"]
    assert str(event["summary"]) == (
        'Follow up: ‹script›alert(1)‹/script› BEGIN:VALARM =HYPERLINK("http://x");, \\n'
    )
    lines = path.read_bytes().split(b"\r\n")
    assert not [line for line in lines if line.startswith((b"=", b"BEGIN:VALARM"))]
    assert b"<" not in path.read_bytes()
    assert max(map(len, lines)) <= 75


def test_the_calendar_is_not_written_over_unasked(tmp_path):
    pytest.importorskip("icalendar")
    result = fa.due(log_of(("a", 20, "interview")))
    result.to_ics(tmp_path / "due.ics")
    with pytest.raises(fa.FollowupError, match="overwrite=True"):
        result.to_ics(tmp_path / "due.ics")
    with pytest.raises(fa.FollowupError, match=r"ends in \.ics"):
        result.to_ics(tmp_path / "due.csv")
    with pytest.raises(fa.FollowupError, match="cannot be written"):
        result.to_ics(tmp_path / "nowhere" / "due.ics")


def test_without_the_library_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "icalendar", None)
    with pytest.raises(fa.FollowupError, match=r"followup-analysis\[calendar\]"):
        fa.due(log_of(("a", 20, "interview"))).to_ics(tmp_path / "due.ics")


# Plans.

PLAN = {"planned": True}


def test_plans_by_hand():
    log = log_of(
        ("a", 2, "interview"), ("a", 5, "follow_up", PLAN), ("a", 4, "follow_up"),  # a day early
        ("b", 2, "interview"), ("b", 5, "follow_up", PLAN), ("b", 12, "follow_up"),  # late
        ("c", 2, "interview"), ("c", 5, "follow_up", PLAN),  # not done
        ("d", 2, "interview"), ("d", 5, "follow_up", PLAN), ("d", 6, "rejection"),  # answered
        ("e", 28, "interview"), ("e", 30, "follow_up", PLAN),  # still ahead
        ("f", 2, "interview"), ("f", 5, "follow_up", PLAN), ("f", 0, "follow_up"),  # undated
        # Two plans and one letter: it belongs to the nearer.
        ("g", 2, "interview"), ("g", 5, "follow_up", PLAN), ("g", 12, "follow_up", PLAN),
        ("g", 12, "follow_up"),
    )  # fmt: skip
    result = fa.plan_kept(log)
    plans = result.cases
    status = list(zip(plans["application_id"], plans["status"], strict=True))
    assert status == [
        ("a", "kept"), ("b", "late"), ("c", "not done"), ("d", "answered first"), ("e", "ahead"),
        ("f", "not known"), ("g", "late"), ("g", "not done"),
    ]  # fmt: skip
    assert plans["days"].dropna().tolist() == [-1, 7, 7]
    table = result.table.set_index("late")
    assert table["n_risk"].tolist() == [5, 5, 5, 5, 5, 5]
    assert table["n_event"].to_dict() == {0: 1, 1: 1, 2: 1, 3: 1, 7: 3, 14: 3}
    low, high = fa.jeffreys(1, 5)
    assert table.loc[2, ["estimate", "conf_low", "conf_high"]].tolist() == [0.2, low, high]
    assert result.sentence == (
        "Of 5 plans that could be kept, 1 was: 20 in 100 (95 % 2 to 63); 2 done later, 2 not done, "
        "1 overtaken by the answer, 1 perhaps done, on a day that is not written down, 1 ahead."
    )


def test_a_plan_counts_as_kept_within_so_many_days():
    log = log_of(("a", 2, "interview"), ("a", 5, "follow_up", PLAN), ("a", 8, "follow_up"))
    assert fa.plan_kept(log, within=3).cases["status"].tolist() == ["kept"]
    assert fa.plan_kept(log, within=2).cases["status"].tolist() == ["late"]
    with pytest.raises(fa.FollowupError, match="within is a number of days"):
        fa.plan_kept(log, within=-1)


def test_an_answer_takes_a_late_plan_out_of_what_could_be_done():
    log = log_of(("a", 2, "interview"), ("a", 5, "follow_up", PLAN), ("a", 10, "offer"))
    assert fa.plan_kept(log).table.set_index("late")["n_risk"].to_dict() == {
        0: 1, 1: 1, 2: 1, 3: 1, 7: 0, 14: 0
    }  # fmt: skip


def test_no_plan_says_what_to_write_down():
    result = fa.plan_kept(log_of(("a", 2, "interview")))
    assert result.sentence.endswith("write down when you mean to follow up.")
    assert result.plot().texts[0].get_text() == "nothing to draw yet"


def test_the_picture_of_plans_draws_their_shares():
    result = fa.plan_kept(fa.load_sample())
    ax = result.plot()
    points = ax.containers[0].lines[0].get_xydata()[:, 1].tolist()
    assert points == result.table["estimate"].tolist()
    assert ax.get_xticklabels()[0].get_text() == "0\n3 of 8"


def test_a_long_list_is_drawn_up_to_fifty_lanes():
    many = [(f"A{number:02d}", 29, "interview") for number in range(60)]
    result = fa.due(log_of(*many))
    ax = result.plot()
    assert len(ax.get_yticklabels()) == result.table["lane"].notna().sum() == 50
    assert ax.get_xlabel() == "days from the day of this list; 10 more are in its table"


def test_before_the_first_interview_that_one_is_named():
    log = log_of(("a", 10, "interview"), ("b", 12, "interview"))
    assert fa.due(log, on="2026-03-01").sentence == (
        "On 2026-03-01 nothing is due: the first interview in the log is on 2026-03-10."
    )


@pytest.mark.parametrize(
    ("company", "told"), [("None", '"None"'), ("N/A", '"N/A"'), ("Nankeen", "Nankeen")]
)
def test_a_company_that_sounds_like_no_name_is_quoted(company, told):
    sentence = fa.due(log_of(("a", 10, "interview"), company=company)).sentence
    assert f"Longest due: {told}, 20 days late" in sentence
