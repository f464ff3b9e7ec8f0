"""Events on an engine become the same episodes as on pandas, row by row."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seven import seven_applications

import followup_analysis as fa

duckdb = pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")

CARRIED = ["company", "person", "role_family"]
KEY = ["application_id", "started_on"]
DAY = pd.Timestamp("2026-06-01")


def events_of(log):
    """The events with what is known of their application, and their order as `line`."""
    told = log.events.drop(columns="line").reset_index(names="line")
    return told.merge(log.applications[["application_id", *CARRIED]], how="left")


def plain(frame):
    """Values of a frame that do not depend on how an engine types them."""
    out = frame.sort_values(KEY, ignore_index=True).astype({"started_on": "datetime64[us]"})
    return out.astype("object").where(out.notna(), None)


def assert_same(found, log):
    here = plain(fa.episodes(log))
    there = plain(found)[[c for c in here if c in found]]
    assert set(found) <= set(here)
    assert {*CARRIED, "exit_day", "earliest_exit_day", "quarantine", "deadline_day"} <= set(found)
    pd.testing.assert_frame_equal(there, here[list(there)], check_dtype=False)


def in_duckdb(events, as_of):
    return fa.episodes(duckdb.from_df(events), as_of=as_of).df()


def log_of(rows, as_of="2026-06-15"):
    names = ["application_id", "date", "kind", "detail", "clock", "planned"]
    events = pd.DataFrame(rows, columns=names)
    ids = events["application_id"].unique()
    applications = pd.DataFrame({"application_id": ids, "company": [f"At {i}" for i in ids]})
    return fa.JobSearchLog(applications, events, as_of=as_of)


def some_log(name):
    if name == "seven":
        return seven_applications()
    if name == "simulated":
        return fa.simulate_log(400, withdrawal=0.01, seed=3)
    return fa.load_sample(name)


@pytest.mark.parametrize("name", ["seven", "simulated", "job_seeker", "career_centre"])
def test_a_log_in_duckdb_is_that_of_pandas(name):
    log = some_log(name)
    assert_same(in_duckdb(events_of(log), log.as_of), log)


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_files_become_episodes_and_are_tallied(tmp_path, suffix):
    log = fa.load_sample("career_centre")
    path = tmp_path / f"events.{suffix}"
    write = events_of(log).to_parquet if suffix == "parquet" else events_of(log).to_csv
    write(path, index=False)
    there = fa.tally(fa.episodes(str(tmp_path / f"*.{suffix}"), as_of=log.as_of), by="stage")
    assert_same_tally(there, fa.tally(log, by="stage"))


def assert_same_tally(there, here):
    assert (there.earliest is None) == (here.earliest is None)
    for one, other in [(there, here), (there.earliest or there, here.earliest or here)]:
        pd.testing.assert_frame_equal(
            one.cells.astype("object").where(one.cells.notna(), None),
            other.cells.astype("object").where(other.cells.notna(), None),
            check_dtype=False,
        )
        assert one.undated == other.undated
    own = [note for note in here.notes if "interviews" in note or "unknown day" in note]
    assert [note for note in own if note in there.notes] == own


KINDS = ["interview", "interview", "follow_up", "advance", "offer", "rejection", "withdrawal"]
EVENT = st.tuples(
    st.one_of(st.none(), st.integers(0, 8).map(lambda day: DAY + pd.Timedelta(days=2 * day))),
    st.sampled_from([*KINDS, "ghosted", "response", "assessment", "closed"]),
    st.sampled_from(["one", "two", None]),
    st.sampled_from(["09:00", "16:30", None]),
    st.sampled_from([False, False, False, True]),
)


@settings(max_examples=12)
@given(st.lists(st.lists(EVENT, max_size=9), min_size=20, max_size=40), st.integers(0, 6))
def test_any_events_become_the_episodes_of_pandas(histories, rated_after):
    rows = [(str(n), *event) for n, events in enumerate(histories) for event in events]
    log = log_of(rows)
    day = log.events["date"]
    held = log.events["kind"].eq("interview") & day.notna()
    told = {
        "went_well": pd.Series(range(len(rows)), dtype="Int64").where(held),
        "rated_on": (day + pd.Timedelta(days=rated_after)).where(held),
        "stated_deadline": (day + pd.Timedelta(days=3)).where(held),
    }
    log = log.replace(events=log.events.assign(**told))
    assert_same(in_duckdb(events_of(log), log.as_of), log)


HARD = [
    ("a", "2026-06-01", "interview", "first", None, False),
    ("a", "2026-06-01", "interview", "second", None, False),
    ("a", "2026-06-03", "follow_up", "email", "16:00", False),
    ("a", "2026-06-03", "follow_up", "call", "09:00", False),
    ("a", "2026-06-05", "advance", None, None, False),
    ("a", "2026-06-05", "interview", "final", None, False),
    ("a", "2026-06-08", "follow_up", "note", "09:00", False),
    ("a", "2026-06-08", "offer", None, "15:00", False),
    ("a", "2026-06-08", "rejection", None, "16:00", False),
    ("b", "2026-05-20", "rejection", None, None, False),
    ("b", "2026-06-02", "interview", "first", None, False),
    ("b", None, "follow_up", "letter", None, False),
    ("b", "2026-06-20", "offer", None, None, False),
    ("b", "2026-06-04", "follow_up", None, None, True),
]


def hard_log(backwards):
    return log_of(HARD[::-1] if backwards else HARD)


@pytest.mark.parametrize("backwards", [False, True])
def test_the_hard_cases_by_hand(backwards):
    found = in_duckdb(events_of(hard_log(backwards)), "2026-06-15").sort_values(KEY)
    columns = ["follow_up_day", "exit_day", "ending", "channel", "quarantine"]
    rows = found[columns].astype("object").where(found[columns].notna(), None)
    contradiction = "two different answers on one day"
    before = "the only answer is dated before it"
    # Only the first of two answers on one day says when it came: backwards that is 16:00 or 15:00.
    assert rows.to_numpy().tolist() == [
        [2, 4, "yes", "call", ""],
        [2, 3, "no" if backwards else "yes", "note", contradiction],
        [None, 13, "open", "letter", before],
    ]
    assert_same(found, hard_log(backwards))


def test_any_number_of_interviews_and_answers_is_told_apart():
    # Each number of both, in the first year and the last that a log may hold, dated and not.
    rows = []
    for first in ("0001-01-01", "1969-12-20", "2262-03-01"):
        for held in range(4):
            for answered in range(14):
                for dated in (True, False):
                    name = f"{first} {held} {answered} {dated}"
                    days = pd.Timestamp(first) + pd.to_timedelta(range(14), unit="D")
                    rows += [(name, day, "interview", None, None, False) for day in days[:held]]
                    when = days[:answered] if dated else [None] * answered
                    rows += [(name, day, "rejection", None, None, False) for day in when]
    rows += [
        ("often", DAY - pd.Timedelta(days=n), "interview", None, None, False) for n in range(8000)
    ]
    log = log_of(rows, as_of="2262-04-01")
    assert_same(in_duckdb(events_of(log), log.as_of), log)


@pytest.mark.parametrize("name", ["hard", "job_seeker"])
def test_spark_makes_the_same_episodes(spark, tmp_path, name):
    log = hard_log(False) if name == "hard" else some_log(name)
    events_of(log).to_parquet(tmp_path / "events.parquet", index=False)
    source = spark.read.parquet(str(tmp_path / "events.parquet"))
    found = fa.episodes(source, as_of=log.as_of)
    names = found.columns
    assert_same(pd.DataFrame([tuple(row) for row in found.collect()], columns=names), log)
    if name == "job_seeker":
        assert_same_tally(fa.tally(found, by="stage"), fa.tally(log, by="stage"))
        assert spark.catalog.listTables() == []


def test_few_columns_are_enough_and_any_others_are_carried():
    events = duckdb.sql(
        "SELECT * FROM (VALUES (7, DATE '2026-06-01', 'interview', 'Zürich'), "
        "(7, DATE '2026-06-05', 'offer', NULL)) AS t(application_id, date, kind, \"the town\")"
    )
    found = fa.episodes(events, as_of="2026-06-30").df()
    columns = ["application_id", "the town", "exit_day", "ending"]
    assert found[columns].to_numpy().tolist() == [[7, "Zürich", 4, "yes"]]


def test_what_is_left_out_or_implied_is_told_by_the_tally():
    log = log_of([*HARD[:4], *HARD[5:]])
    there = fa.tally(fa.episodes(duckdb.from_df(events_of(log)), as_of=log.as_of))
    assert_same_tally(there, fa.tally(log))
    assert there.n_episodes == 1
    assert there.notes[:2] == (
        "1 of the interviews left out: the only answer is dated before it.",
        "1 of the interviews left out: two different answers on one day.",
    )
    assert there.notes[-1].startswith("1 of the interviews known to be a yes only from the next")
    assert there.earliest.exit_day.tolist() == [2]


def test_two_answers_hold_when_they_are_asked_for_later():
    first, second = (
        fa.episodes(duckdb.from_df(events_of(log)), as_of=log.as_of)
        for log in (seven_applications(), hard_log(False))
    )
    assert len(second.fetchall()) == 3
    assert len(first.fetchall()) == 7


def test_without_line_the_order_of_the_rows_makes_no_difference():
    events = events_of(hard_log(False)).drop(columns="line")
    found = [
        plain(in_duckdb(events.sample(frac=1, random_state=seed), "2026-06-15"))
        for seed in range(4)
    ]
    for other in found[1:]:
        pd.testing.assert_frame_equal(other, found[0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "fllow_up"}, "unknown kind 'fllow_up'; the kinds are interview,"),
        ({"kind": None}, "unknown kind None"),
        ({"application_id": None}, "without an application_id"),
        ({"date": "soon"}, "date holds 'soon', which is no day"),
        ({"date": "2026-03"}, "date holds '2026-03', which is no day"),
        ({"rated_on": "15.03.2026"}, "rated_on holds '15.03.2026', which is no day"),
        ({"planned": "perhaps"}, "planned holds 'perhaps', which is no truth"),
        ({"Ending": "no"}, "have a column 'Ending', which is made here"),
        ({"date": pd.Timestamp("2026-06-01", tz="UTC")}, "date has a time zone"),
        ({"exit_day": 3}, "have a column 'exit_day', which is made here"),
    ],
)
def test_what_is_wrong_is_said(change, message):
    events = events_of(hard_log(False)).assign(**change)
    with pytest.raises(fa.FollowupError, match=message):
        fa.episodes(duckdb.from_df(events), as_of="2026-06-15")


def test_a_day_before_the_year_1_is_refused():
    events = duckdb.sql(
        "SELECT 'a' AS application_id, DATE '0044-03-15 (BC)' AS date, 'interview' AS kind"
    )
    with pytest.raises(fa.FollowupError, match="1 event of the kind 'interview' dated before"):
        fa.episodes(events, as_of="2026-06-15")


def test_what_cannot_be_done_is_refused():
    log = seven_applications()
    events = duckdb.from_df(events_of(log))
    with pytest.raises(fa.FollowupError, match="as_of='2026-03-31'"):
        fa.episodes(events)
    with pytest.raises(fa.FollowupError, match="as_of='2026-03-31'"):
        fa.episodes(events, as_of="soon")
    with pytest.raises(fa.FollowupError, match="since the interview only"):
        fa.episodes(events, as_of="2026-03-31", since="application")
    with pytest.raises(fa.ColumnError, match="there is no column 'kind'"):
        fa.episodes(duckdb.sql("SELECT 1 AS application_id, DATE '2026-06-01' AS date"), as_of=DAY)
    with pytest.raises(fa.FollowupError, match="a log has its own last day"):
        fa.episodes(log, as_of="2026-03-31")
    with pytest.raises(fa.FollowupError, match="made of a log, not of a DataFrame"):
        fa.episodes(log.events)
    polars = pytest.importorskip("polars")
    with pytest.raises(fa.FollowupError, match="hand a Polars frame over"):
        fa.episodes(polars.DataFrame({"kind": ["offer"]}), as_of="2026-06-30")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_the_time_of_day_is_no_part_of_a_date(unit):
    told = ["2026-06-01 14:00", "2026-06-03 18:00", "2026-06-05 09:00"]
    events = pd.DataFrame({"application_id": "a", "kind": ["interview", "follow_up", "offer"]})
    events["date"] = pd.to_datetime(told).astype(f"datetime64[{unit}]")
    log = fa.JobSearchLog(pd.DataFrame({"application_id": ["a"]}), events, as_of="2026-06-15")
    there = fa.episodes(duckdb.from_df(events), as_of="2026-06-15").df()
    for found in (fa.episodes(log), there):
        assert found[["follow_up_day", "exit_day"]].to_numpy().tolist() == [[2, 4]]


GUESSED = ["04.03.2026", "3/4/2026", "31/03/2026", "March 4", "2026", "2026-03", "2026-02-30"]


@pytest.mark.parametrize("as_of", [20260331, 2026.0, ["2026-03-31"], "soon", *GUESSED])
def test_what_is_no_day_is_no_last_day(as_of):
    events = pd.DataFrame({"application_id": ["a"], "kind": "interview"})
    events["date"] = pd.Timestamp("2026-03-02")
    with pytest.raises(fa.FollowupError, match="as_of is a day, such as"):
        fa.episodes(duckdb.from_df(events), as_of=as_of)
    with pytest.raises(fa.FollowupError, match="as_of is a day, such as"):
        fa.JobSearchLog(pd.DataFrame({"application_id": ["a"]}), events, as_of=as_of)
