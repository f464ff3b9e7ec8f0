"""The data rules: what starts an episode, what ends it, and when somebody has written."""

import pandas as pd
import pytest
from seven import APPLICATIONS, EVENTS, seven_applications

import followup_analysis as fa


def log_of(*rows, as_of="2026-06-30", **columns):
    """One application, one row per event: date, kind and perhaps detail."""
    events = pd.DataFrame(
        [(row + (None,))[:3] for row in rows], columns=["date", "kind", "detail"]
    ).assign(application_id="a", **columns)
    applications = pd.DataFrame({"application_id": ["a"], "company": ["Quillmoor"]})
    return fa.JobSearchLog(applications, events, as_of=as_of)


def days(log, *, columns=("follow_up_day", "exit_day", "ending"), **options):
    rows = fa.episodes(log, **options)[list(columns)].astype(object)
    return [tuple(None if pd.isna(v) else v for v in row) for row in rows.values.tolist()]


def test_seven_applications_in_days():
    assert days(seven_applications()) == [
        (1, 4, "yes"),
        (2, 2, "no"),
        (1, 4, "yes"),
        (None, 15, "open"),
        (None, 2, "withdrawn"),
        (7, 11, "open"),
        (None, None, "no"),
    ]


def test_seven_applications_since_the_application():
    assert days(seven_applications(), since="application") == [
        (11, 10, "yes"),
        (12, 10, "yes"),
        (14, 13, "yes"),
        (None, 18, "yes"),
        (35, 28, "yes"),
        (None, 9, "yes"),
        (None, 7, "no"),
    ]


def test_the_log_says_what_it_holds():
    assert repr(seven_applications()) == (
        "JobSearchLog: 7 applications, 7 interviews, 4 follow-ups (1 more planned); "
        "2 yes, 2 no, 1 withdrawn, 2 open as of 2026-03-31."
    )


def test_the_order_of_the_rows_does_not_matter():
    shuffled = seven_applications(events=EVENTS.sample(frac=1, random_state=3))
    key = ["application_id", "started_on"]
    expected = fa.episodes(seven_applications()).sort_values(key, ignore_index=True)
    found = fa.episodes(shuffled).sort_values(key, ignore_index=True)
    pd.testing.assert_frame_equal(found, expected)


def test_ghosted_ends_nothing():
    log = log_of(("2026-06-01", "interview"), ("2026-06-10", "ghosted"))
    assert days(log) == [(None, 29, "open")]


def test_a_late_answer_after_giving_up_is_an_answer():
    log = log_of(
        ("2026-03-01", "interview"), ("2026-03-15", "ghosted"), ("2026-06-03", "rejection")
    )
    assert days(log) == [(None, 94, "no")]


def test_an_answer_on_the_day_of_the_interview_counts_on_day_0():
    log = log_of(("2026-06-01", "interview"), ("2026-06-01", "offer"))
    assert days(log) == [(None, 0, "yes")]


def test_a_follow_up_after_the_answer_keeps_the_episode():
    log = log_of(
        ("2026-06-01", "interview"), ("2026-06-03", "rejection"), ("2026-06-05", "follow_up")
    )
    assert days(log) == [(4, 2, "no")]
    assert fa.tally(log).cells["follow_up_day"].isna().all()


@pytest.mark.parametrize(
    ("follow_up", "answer", "expected"),
    [("09:00", "16:00", 4), ("16:00", "09:00", 5), ("09:00", None, 5), (None, None, 5)],
)
def test_only_clock_times_prove_who_wrote_first_on_the_day_of_the_answer(
    follow_up, answer, expected
):
    log = log_of(
        ("2026-06-01", "interview"),
        ("2026-06-06", "follow_up"),
        ("2026-06-06", "offer"),
        clock=[None, follow_up, answer],
    )
    assert days(log) == [(expected, 5, "yes")]


def test_a_next_interview_implies_a_yes_on_its_day_at_the_latest():
    log = log_of(
        ("2026-06-01", "interview"), ("2026-06-04", "follow_up"), ("2026-06-11", "interview")
    )
    columns = ("exit_day", "earliest_exit_day", "ending", "implied")
    assert days(log, columns=columns) == [(10, 3, "yes", True), (19, 19, "open", False)]


def test_an_invitation_dates_the_yes_before_the_next_interview():
    log = log_of(
        ("2026-06-01", "interview"), ("2026-06-05", "advance"), ("2026-06-11", "interview")
    )
    assert days(log)[0] == (None, 4, "yes")


def test_an_invitation_on_the_day_of_the_next_interview_answers_the_one_before():
    log = log_of(
        ("2026-06-01", "interview"), ("2026-06-11", "advance"), ("2026-06-11", "interview")
    )
    assert days(log) == [(None, 10, "yes"), (None, 19, "open")]


def test_an_invitation_to_the_first_interview_answers_none():
    log = log_of(("2026-05-20", "advance"), ("2026-06-01", "interview"))
    assert days(log) == [(None, 29, "open")]


def test_the_first_answer_counts_and_an_undated_one_only_where_there_is_no_other():
    log = log_of(("2026-06-01", "interview"), ("2026-06-05", "advance"), (None, "rejection"))
    assert days(log) == [(None, 4, "yes")]


def test_an_undated_answer_belongs_to_the_last_interview():
    log = log_of(("2026-06-01", "interview"), ("2026-06-11", "interview"), (None, "rejection"))
    assert days(log) == [(None, 10, "yes"), (None, None, "no")]


def test_two_rounds_on_one_day_are_one_visit():
    log = log_of(("2026-06-01", "interview", "technical"), ("2026-06-01", "interview", "final"))
    assert days(log) == [(None, 29, "open")]


def test_what_happens_after_as_of_is_not_known():
    rows = (("2026-06-01", "interview"), ("2026-06-05", "follow_up"), ("2026-06-20", "offer"))
    assert days(log_of(*rows)) == [(4, 19, "yes")]
    assert days(log_of(*rows, as_of="2026-06-10")) == [(4, 9, "open")]
    assert days(log_of(*rows, as_of="2026-06-03")) == [(None, 2, "open")]


def test_plans_are_not_follow_ups():
    log = log_of(("2026-06-01", "interview"), ("2026-06-05", "follow_up"), planned=[False, True])
    assert days(log) == [(None, 29, "open")]


def test_a_follow_up_before_the_interview_is_not_one_after_it():
    log = log_of(("2026-05-20", "follow_up"), ("2026-06-01", "interview"))
    assert days(log) == [(None, 29, "open")]


def test_a_word_from_the_employer_is_no_follow_up():
    log = log_of(("2026-06-01", "interview"), ("2026-06-03", "response"))
    assert days(log) == [(None, 29, "open")]


def test_a_follow_up_without_a_date_is_known_to_be_undated():
    log = log_of(("2026-06-01", "interview"), (None, "follow_up"))
    columns = ("follow_up_day", "follow_up_undated", "exit_day")
    assert days(log, columns=columns) == [(None, True, 29)]
    assert any("unknown day" in note for note in fa.tally(log).notes)


def test_a_rating_written_after_the_answer_is_not_used():
    rows = (("2026-06-01", "interview"), ("2026-06-05", "offer"))
    before = log_of(*rows, went_well=[4, None], rated_on=["2026-06-01", None])
    after = log_of(*rows, went_well=[4, None], rated_on=["2026-06-06", None])
    assert fa.episodes(before)["went_well"].tolist() == [4]
    assert fa.episodes(after)["went_well"].isna().all()
    assert any("rated after the answer" in note for note in fa.tally(after).notes)


def test_an_answer_dated_before_the_interview_puts_it_in_quarantine():
    log = log_of(("2026-05-20", "rejection"), ("2026-06-01", "interview"))
    assert fa.episodes(log)["quarantine"].tolist() == ["the only answer is dated before it"]
    assert fa.tally(log).n_episodes == 0
    assert "There is no interview" in fa.cumulative_incidence(log).sentence


def test_two_different_answers_on_one_day_put_it_in_quarantine():
    log = log_of(("2026-06-01", "interview"), ("2026-06-05", "offer"), ("2026-06-05", "rejection"))
    assert fa.episodes(log)["quarantine"].tolist() == ["two different answers on one day"]


def test_a_stated_deadline_is_a_day():
    log = log_of(("2026-06-01", "interview"), stated_deadline=["2026-06-08"])
    assert fa.episodes(log)["deadline_day"].tolist() == [7]


def test_as_of_is_the_latest_done_event_and_says_so():
    log = fa.JobSearchLog(APPLICATIONS, EVENTS)
    assert log.as_of == pd.Timestamp("2026-03-27")
    assert "2026-03-27, the day of its latest event" in log.notes[0]


def test_extra_columns_are_kept():
    log = seven_applications(applications=APPLICATIONS.assign(remote=[True, False] * 3 + [True]))
    assert fa.episodes(log)["remote"].tolist() == [True, False, True, True, False, True, False]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"applications": APPLICATIONS.assign(application_id="A")}, "differ in each row"),
        ({"events": EVENTS.assign(kind="fllow_up")}, "unknown kind 'fllow_up'"),
        ({"events": EVENTS.assign(application_id="Z")}, "no application has"),
        ({"events": EVENTS.assign(date="soon")}, "cannot be turned into"),
    ],
)
def test_a_table_that_is_no_log_is_refused(changes, message):
    with pytest.raises(fa.LogError, match=message):
        seven_applications(**changes)


def test_since_is_one_of_two():
    with pytest.raises(fa.FollowupError, match="since is"):
        fa.episodes(seven_applications(), since="offer")


@pytest.mark.parametrize("year", [2026, 1969, 1950])
def test_years_before_1970_are_like_any_other(year):
    """The sign before an implied yes is the follow-up of the fourth day, whatever the year."""
    log = log_of(
        (f"{year}-03-01", "interview"),
        (f"{year}-03-05", "follow_up"),
        (f"{year}-03-20", "interview"),
        as_of=f"{year}-04-01",
    )
    columns = ("follow_up_day", "exit_day", "earliest_exit_day", "implied")
    assert days(log, columns=columns) == [(4, 19, 4, True), (None, 12, 12, False)]
