"""Something else than a log or episodes is handed over: what to do is said, by every function."""

import pandas as pd
import pytest

import followup_analysis as fa

OF_A_LOG = [
    fa.activity, fa.anonymise, fa.due, fa.negative_controls, fa.overview, fa.people, fa.plan_kept,
    fa.randomised_effect, fa.sankey, fa.sankey_text, fa.sense_of_control, fa.timeline, fa.waiting,
]  # fmt: skip
OF_COUNTS = [
    fa.at_risk, fa.clone_censor_weight, fa.compare_methods, fa.cumulative_incidence,
    fa.follow_up_effect, fa.hazard_ratio, fa.kaplan_meier, fa.landmark,
    fa.minimal_detectable_effect, fa.restricted_mean, fa.sequential_trials, fa.simon_makuch,
    fa.speed_up, fa.tally, fa.timing, fa.timing_curve,
]  # fmt: skip
SHEET = pd.DataFrame({"Company": ["Quillmoor"], "Interview date": ["2026-03-02"], "ending": "yes"})


@pytest.mark.parametrize("ask", OF_A_LOG, ids=lambda ask: ask.__name__)
def test_a_log_is_asked_for(ask):
    for given in ("my_search.csv", SHEET, None):
        with pytest.raises(fa.FollowupError, match="a log is needed here, not a"):
            ask(given)


@pytest.mark.parametrize("ask", OF_COUNTS, ids=lambda ask: ask.__name__)
def test_a_sheet_is_no_table_of_episodes(ask):
    with pytest.raises(fa.ColumnError, match=r"no column 'exit_day'.* read first.* = fa\.read_log"):
        ask(SHEET)
    with pytest.raises(fa.FollowupError, match="a log or a table is needed, not a NoneType"):
        ask(None)


def test_write_log_and_the_coin_ask_for_a_log_too(tmp_path):
    with pytest.raises(fa.FollowupError, match="a log is needed here, not a DataFrame"):
        fa.write_log(SHEET, tmp_path / "log.xlsx")
    with pytest.raises(fa.FollowupError, match="a log is needed here, not a DataFrame"):
        fa.randomise_timing(SHEET, seed=1)


@pytest.mark.parametrize("day", ["two", 2.5, None, True, -1, 100_000])
def test_what_is_no_day_is_refused(day):
    log = fa.simulate_log(40, seed=1)
    for ask in (fa.follow_up_effect, fa.speed_up, fa.clone_censor_weight):
        with pytest.raises(fa.FollowupError, match="by_day is a whole number of days since"):
            ask(log, by_day=day)
    for ask in (fa.follow_up_effect, fa.restricted_mean, fa.sequential_trials, fa.landmark):
        if day is not None:
            with pytest.raises(fa.FollowupError, match=r"horizon is a .* from 0 to 3,660, not"):
                ask(log, horizon=day)


@pytest.mark.parametrize("share", [5, 10, 0, -0.1, 1])
def test_what_is_no_share_is_refused(share):
    log = fa.load_sample()
    for ask in (fa.follow_up_effect, fa.effect_of_channel, fa.effect_of_content):
        with pytest.raises(fa.FollowupError, match=r"such as 0\.05 for 5 in 100, not"):
            ask(log, smallest=share)
    with pytest.raises(fa.FollowupError, match="smallest is a share"):
        fa.effect_by(log, "stage", smallest=share)


WITH_INTERVALS = {
    "draws": [fa.follow_up_effect, fa.speed_up, fa.timing_curve, fa.effect_of_channel],
    "replicates": [
        fa.clone_censor_weight, fa.sequential_trials, fa.landmark, fa.hazard_ratio, fa.timing
    ],
}  # fmt: skip


@pytest.mark.parametrize("level", [95, 1, 0, "95 %", None, True])
def test_what_is_no_level_is_refused(level):
    log = fa.load_sample()
    for ask in (*WITH_INTERVALS["draws"], *WITH_INTERVALS["replicates"], fa.compare_methods):
        with pytest.raises(fa.FollowupError, match=r"level is a probability such as 0\.95, not"):
            ask(log, level=level)
    for ask in (fa.kaplan_meier, fa.cumulative_incidence, fa.restricted_mean, fa.simon_makuch):
        with pytest.raises(fa.FollowupError, match=r"level is a probability such as 0\.95, not"):
            ask(log, level=level)


@pytest.mark.parametrize("n", [0, -3, 1.5, "many", None])
def test_what_is_no_number_of_draws_is_refused(n):
    log = fa.load_sample()
    for name, asked in WITH_INTERVALS.items():
        for ask in asked:
            with pytest.raises(fa.FollowupError, match=f"{name} is a whole number from 1 on, not"):
                ask(log, **{name: n})


def test_one_column_to_adjust_for_may_be_named_by_itself():
    log = fa.simulate_log(40, seed=1)
    one, several = (fa.follow_up_effect(log, adjust=name) for name in ("went_well", ["went_well"]))
    assert one.sentence == several.sentence
    with pytest.raises(fa.ColumnError, match="Did you mean 'went_well'"):
        fa.follow_up_effect(log, adjust="wentwell")
