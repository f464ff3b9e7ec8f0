"""The ratio of daily chances: by hand, its truth in simulated worlds, and when there is none."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import followup_analysis as fa
from followup_analysis.cox import fit_cox
from followup_analysis.simulate import simulate_episodes

MODELS = ["person-day", "firth", "cox"]


def ratio(result, method="time-varying"):
    return result.table[result.table["method"] == method].iloc[0]


@pytest.fixture
def few():
    """Days 2 and 3: of r written and s not, one of the written, then one of the others."""
    return pd.DataFrame(
        {
            "follow_up_day": pd.array([0, 0, None], "Int64"),
            "exit_day": [2, 9, 3],
            "ending": ["yes", "open", "yes"],
        }
    )


def test_cox_by_hand(few):
    """The likelihood r / (2 r + 1) * 1 / (r + 1) is highest at r = sqrt(1/2)."""
    found = ratio(fa.hazard_ratio(few, model="cox"))
    assert found["estimate"] == pytest.approx(np.sqrt(0.5))
    # Information: the variance of the exposure among those open on each of the two days.
    r = np.sqrt(0.5)
    information = 2 * r / (2 * r + 1) ** 2 + r / (r + 1) ** 2
    assert found["std_error"] == pytest.approx(information**-0.5)


def test_ties_as_efron_by_hand():
    """Two of three answered on one day, one of them written to: half of each is gone at the
    second answer."""
    values, n_risk = np.array([[[1.0]], [[0.0]]]), np.array([[1], [2]])
    found = fit_cox(values, n_risk, np.array([[1], [1]]), ties="efron").coef[0]
    grid = np.linspace(-3, 3, 600_001)
    r = np.exp(grid)
    likelihood = grid - np.log(r + 2) - np.log(r / 2 + 1.5)
    assert found == pytest.approx(grid[likelihood.argmax()], abs=1e-5)


def test_a_term_may_change_from_day_to_day():
    """Exposure that comes on day 1 only: day 0 tells nothing of it."""
    values = np.array([[[0.0], [1.0]], [[0.0], [0.0]]])
    n_risk, n_event = np.array([[9, 4], [9, 4]]), np.array([[5, 2], [5, 1]])
    found = fit_cox(values, n_risk, n_event)
    assert found.coef[0] == pytest.approx(np.log(2))
    assert found.std_error[0] == pytest.approx(1 / np.sqrt(3 * 2 / 9))


def test_the_first_day_exposed_is_the_one_after(few):
    """Written on day 2, before the others' answer on day 3, but not before that of day 2."""
    late = few.assign(follow_up_day=pd.array([None, 2, None], "Int64"))
    result = fa.hazard_ratio(late, model="cox")
    assert "either none or all" in result.sentence
    assert result.table.empty


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("effect", [0.0, np.log(1.6)])
def test_the_truth_is_found_and_the_naive_ratio_is_wrong(model, effect):
    """Three standard errors are .1; Firth's smooth days and what no log records add some."""
    result = fa.hazard_ratio(simulate_episodes(20_000, seed=1, effect_yes=effect), model=model)
    assert ratio(result)["coef"] == pytest.approx(effect, abs=0.1)
    assert ratio(result, "naive")["coef"] < effect - 0.7
    assert ratio(result, "naive")["term"] == "ever followed up"


def test_a_no_is_not_a_yes():
    frame = simulate_episodes(20_000, seed=2, effect_no=0.5)
    coefs = [
        ratio(fa.hazard_ratio(frame, answer=answer))["coef"]
        for answer in ("yes", "no", ("yes", "no"))
    ]
    assert coefs[0] == pytest.approx(0, abs=0.1)
    assert coefs[1] == pytest.approx(0.5, abs=0.1)
    assert coefs[0] < coefs[2] < coefs[1]


@pytest.mark.parametrize("model", MODELS)
def test_it_covers_no_effect_in_small_logs(model):
    """Forty logs of 100: fewer than 34 hits would be below 95 % by far more than chance."""
    hits = 0
    for seed in range(40):
        found = ratio(fa.hazard_ratio(simulate_episodes(100, seed=seed), model=model))
        hits += found["conf_low"] <= 1 <= found["conf_high"]
    assert hits >= 34


@pytest.mark.parametrize("model", MODELS)
def test_a_log_and_its_tally_give_the_same(model):
    log = fa.simulate_log(200, seed=2)
    both = [fa.hazard_ratio(each, model=model) for each in (log, fa.tally(log, by="went_well"))]
    pd.testing.assert_frame_equal(*(result.table for result in both), rtol=1e-9)


def test_copies_sharpen_but_do_not_move_cox():
    frame = simulate_episodes(200, seed=3)
    once, four = (
        ratio(fa.hazard_ratio(each, model="cox")) for each in (frame, pd.concat([frame] * 4))
    )
    assert four["coef"] == pytest.approx(once["coef"], abs=1e-9)
    assert four["std_error"] == pytest.approx(once["std_error"] / 2)


def test_columns_agree_with_each_other():
    table = fa.hazard_ratio(simulate_episodes(100, seed=3), level=0.9).table
    assert table["term"].tolist() == ["followed up", "went_well", "ever followed up"]
    np.testing.assert_allclose(table["estimate"], np.exp(table["coef"]))
    reach = 1.6448536 * table["std_error"]
    np.testing.assert_allclose(np.log(table["conf_high"]), table["coef"] + reach, rtol=1e-6)
    np.testing.assert_allclose(np.log(table["conf_low"]), table["coef"] - reach, rtol=1e-6)
    assert (table["prob_positive"] > 0.5).tolist() == (table["coef"] > 0).tolist()
    assert set(table["level"]) == {0.9}


def test_weak_priors_answer_where_cox_cannot():
    frame = simulate_episodes(6, seed=1)
    cox, prior = (fa.hazard_ratio(frame, model=model) for model in ("cox", "person-day"))
    assert "infinite ratio; model='person-day' has an answer" in cox.sentence
    assert 0.05 < ratio(prior)["conf_low"] < 1 < ratio(prior)["conf_high"] < 10
    assert "your log cannot tell" in prior.sentence


def test_a_level_without_answers_is_named_and_the_ratio_stays():
    frame = simulate_episodes(300, seed=5, selection=0.0).drop(columns=["went_well", "company"])
    frame["site"] = np.where(np.arange(300) % 5 == 0, "north", "south")
    frame.loc[frame["site"] == "north", "ending"] = "open"
    result = fa.hazard_ratio(frame, model="cox", adjust=["site"])
    assert "No finite ratio for: site north." in result.notes
    south = fa.hazard_ratio(frame[frame["site"] == "south"], model="cox")
    assert ratio(result)["coef"] == pytest.approx(ratio(south)["coef"], abs=1e-6)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("frame", "why"),
    [
        ({"exit_day": [], "ending": []}, "no interview was still open on the day after"),
        ({"exit_day": [5, 6], "ending": ["yes", "no"]}, "no interview was still open on the day"),
        (
            {"follow_up_day": [1, 2], "exit_day": [5, 6], "ending": ["open", "no"]},
            "there was no yes",
        ),
    ],
)
def test_without_both_kinds_there_is_no_ratio(model, frame, why):
    result = fa.hazard_ratio(pd.DataFrame(frame), model=model)
    assert why in result.sentence
    assert result.table.empty
    plt.close(result.plot().figure)


@pytest.mark.parametrize("model", ["firth", "cox"])
def test_terms_that_say_the_same_are_explained(model):
    frame = simulate_episodes(200, seed=5)
    frame = frame.assign(a=frame["went_well"] > 3, b=(frame["went_well"] > 3).astype(int))
    result = fa.hazard_ratio(frame, model=model, adjust=["a", "b"])
    assert "Leave one of them out" in result.sentence


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": "aalen"}, "'person-day', 'firth' or 'cox'"),
        ({"ties": "exact"}, "'breslow' or 'efron'"),
        ({"answer": "ghosted"}, "answer is one of"),
        ({"adjust": ["wnet_well"]}, "Did you mean 'went_well'"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, message):
    with pytest.raises(fa.FollowupError, match=message):
        fa.hazard_ratio(simulate_episodes(30, seed=1), **options)


def test_the_chart_draws_both_ratios_on_a_logarithmic_axis():
    result = fa.hazard_ratio(simulate_episodes(100, seed=3))
    ax = result.plot()
    rows = [ratio(result), ratio(result, "naive")]
    for drawn, row in zip(ax.containers, rows, strict=True):
        assert drawn.lines[0].get_xdata().tolist() == [row["estimate"]]
        (segment,) = drawn.lines[2][0].get_segments()
        assert segment[:, 0].tolist() == pytest.approx([row["conf_low"], row["conf_high"]])
    assert ax.get_xscale() == "log"
    assert ax.get_yticklabels()[1].get_text() == "naive: ever\nwritten"
    plt.close(ax.figure)


def test_interviews_of_one_person_are_not_independent():
    # Each interview is written down four times by its person: it tells no more than once.
    once = simulate_episodes(200, seed=1, effect_yes=0.5)
    people = pd.concat([once] * 4).assign(person=list(range(200)) * 4)
    options = {"adjust": [], "model": "cox"}
    honest = fa.hazard_ratio(once, **options).table
    alone = fa.hazard_ratio(people.drop(columns="person"), **options).table
    drawn = fa.hazard_ratio(people, **options).table
    assert drawn["coef"].tolist() == alone["coef"].tolist()
    assert alone["std_error"].tolist() == pytest.approx(list(honest["std_error"] / 2), rel=1e-6)
    # 200 replicates: a Monte-Carlo standard error of 5 %.
    assert drawn["std_error"].tolist() == pytest.approx(honest["std_error"].tolist(), rel=0.2)
    counts = fa.tally(people, cluster="person")
    assert fa.hazard_ratio(counts, **options).table["std_error"].tolist() == pytest.approx(
        drawn["std_error"].tolist(), abs=1e-12
    )
    again = fa.hazard_ratio(people, **options, seed=1).table
    assert again["std_error"].tolist() != drawn["std_error"].tolist()


def test_many_answers_on_one_day_are_tied_as_efron_has_it():
    values = np.array([[[1.0]], [[0.0]]]).repeat(3, axis=1)
    n_risk, n_event = np.array([[900, 500, 240], [700, 480, 310]]), np.array([[230, 90], [120, 80]])
    n_event = np.column_stack([n_event, [240, 310]])  # all who are left

    def log_likelihood(coef):
        out = 0.0
        for risk, event in zip(n_risk.T, n_event.T, strict=True):
            ratio = np.exp([coef, 0])
            gone = np.arange(event.sum()) / event.sum()
            out += event[0] * coef - np.log(risk @ ratio - gone * (event @ ratio)).sum()
        return out

    fit = fit_cox(values, n_risk, n_event, ties="efron")
    low, best, high = (log_likelihood(fit.coef[0] + step) for step in (-1e-3, 0, 1e-3))
    assert (high - low) / 2e-3 == pytest.approx(0, abs=1e-4)
    assert -(high - 2 * best + low) / 1e-6 == pytest.approx(fit.std_error[0] ** -2, rel=1e-4)
