"""The same tally wherever the episodes are: every engine against pandas, cell by cell."""

import re
from decimal import Decimal
from glob import escape

import numpy as np
import pandas as pd
import pytest

import followup_analysis as fa
from followup_analysis import buckets, engines, sources
from followup_analysis.simulate import simulate_episodes

duckdb = pytest.importorskip("duckdb")
pl = pytest.importorskip("polars")
pytest.importorskip("pyarrow")

WHOLE = ["follow_up_day", "exit_day"]


def some_episodes(n=3000):
    frame = simulate_episodes(n, seed=1).drop(columns="days_seen")
    rng = np.random.default_rng(0)
    frame["role family"] = rng.choice(["sales", 'it\'s "quoted" `ticks`', None], n)
    frame["person"] = [f"person {i:03}" for i in rng.integers(0, 40, n)]
    frame.loc[(rng.random(n) < 0.01) & frame["ending"].ne("open"), "exit_day"] = pd.NA
    return frame.astype({"exit_day": "Int64", "ending": "str"})


def with_dates(frame):
    start = pd.Timestamp("2026-01-05")
    out = frame.drop(columns=WHOLE).assign(started_on=start)
    for name, day in {"followed_up_on": "follow_up_day", "ended_on": "exit_day"}.items():
        days = frame[day].astype("Int64")
        dates = start + pd.to_timedelta(days.fillna(0).astype("int64"), unit="D")
        out[name] = dates.mask(days.isna().to_numpy())
    return out


@pytest.fixture(params=["parquet", "glob", "folder", "csv", "relation", "polars", "lazy", "spark"])
def elsewhere(request, tmp_path):
    def put(frame):
        parts = {"a": frame.iloc[: len(frame) // 2], "b": frame.iloc[len(frame) // 2 :]}
        if request.param in ("parquet", "spark"):
            frame.to_parquet(tmp_path / "all.parquet", index=False)
        if request.param in ("glob", "folder"):
            for name, part in parts.items():
                part.to_parquet(tmp_path / f"{name}.parquet", index=False)
        if request.param == "csv":
            frame.to_csv(tmp_path / "all.csv", index=False)
        if request.param == "spark":
            session = request.getfixturevalue("spark")
            return session.read.parquet(str(tmp_path / "all.parquet"))
        return {
            "parquet": lambda: tmp_path / "all.parquet",
            "glob": lambda: str(tmp_path / "*.parquet"),
            "folder": lambda: tmp_path,
            "csv": lambda: tmp_path / "all.csv",
            "relation": lambda: duckdb.from_df(frame),
            "polars": lambda: pl.from_pandas(frame),
            "lazy": lambda: pl.from_pandas(frame).lazy(),
        }[request.param]()

    return put


def same(one, other):
    keys = ["pattern", "follow_up_day", "exit_day", "ending", "n"]
    assert one.patterns.astype("object").where(one.patterns.notna(), None).to_numpy().tolist() == (
        other.patterns.astype("object").where(other.patterns.notna(), None).to_numpy().tolist()
    )
    for name in keys:
        assert getattr(one, name).tolist() == getattr(other, name).tolist(), name
    clusters = [None if c is None else c.tolist() for c in (one.cluster, other.cluster)]
    assert clusters[0] == clusters[1]
    assert one.undated == other.undated


@pytest.mark.parametrize("dates", [False, True])
def test_each_engine_counts_the_same_cells(elsewhere, dates):
    frame = some_episodes()
    frame = with_dates(frame) if dates else frame
    options = {"by": ["role family", "went_well"], "cluster": "person"}
    here, there = fa.tally(frame, **options), fa.tally(elsewhere(frame), **options)
    same(here, there)
    assert any("on the day of the answer or later" in note for note in there.notes) == any(
        "on the day of the answer or later" in note for note in here.notes
    )


@pytest.mark.parametrize("kind", ["int64", "float64", "category", "str", "decimal"])
def test_many_clusters_share_the_same_buckets(elsewhere, kind):
    frame = some_episodes().assign(person=10_000_000 + np.arange(3000) * 7919)
    if kind == "str":
        frame["person"] = [f"person {i} ü" for i in frame["person"]]
    if kind == "decimal":  # as databases hand over numbers
        frame["person"] = [Decimal(i) / 4 for i in frame["person"]]
    else:
        frame["person"] = frame["person"].astype(kind)
    here = fa.tally(frame, cluster="person")
    same(here, fa.tally(elsewhere(frame), cluster="person"))
    assert set(here.cluster) <= set(range(200))
    sizes = np.bincount(here.cluster, here.n, minlength=200)
    assert sizes.min() > 0  # 15 on average: nobody is left out, nobody is crowded
    assert sizes.max() < 45


@pytest.mark.parametrize("kind", ["binary", "date"])
def test_many_clusters_of_other_types_are_refused(elsewhere, kind, request):
    if "csv" in request.node.name:
        pytest.skip("a CSV file has no bytes, and tells dates as text")
    frame = some_episodes(1500)
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(1500), unit="D")
    frame["person"] = days if kind == "date" else [str(i).encode() for i in range(1500)]
    for source in (frame, elsewhere(frame)):
        with pytest.raises(fa.FollowupError, match="1,000 clusters are told apart by .* into text"):
            fa.tally(source, cluster="person")


def test_truth_is_no_number_of_days(elsewhere):
    frame = some_episodes(30).assign(exit_day=True)
    for source in (frame, elsewhere(frame)):
        with pytest.raises(fa.FollowupError, match="exit_day counts whole days; it holds"):
            fa.tally(source)


def test_counting_in_an_array_changes_nothing(tmp_path, monkeypatch):
    frame = some_episodes(70_000).assign(person=np.arange(70_000) * 7919)
    for n, part in enumerate(np.array_split(np.arange(70_000), 3)):
        frame.iloc[part].to_parquet(tmp_path / f"{n}.parquet", index=False)
    setting = "SELECT current_setting('perfect_ht_threshold')"
    # 16 bits are as many places as there are rows: enough for the days and the endings.
    assert sources.relation_of(tmp_path).query("of_all", setting).fetchall() == [(16,)]
    same(fa.tally(frame), fa.tally(tmp_path))
    monkeypatch.setattr(sources, "_count_in_an_array", lambda connection, _reader: (
        connection.execute("SET perfect_ht_threshold = 25")
    ))  # fmt: skip
    for by in ([], ["went_well"]):
        same(fa.tally(frame, by=by, cluster="person"), fa.tally(tmp_path, by=by, cluster="person"))


def test_an_analysis_from_anywhere_is_that_of_the_rows(elsewhere):
    frame = some_episodes(400).assign(person="one")
    table = fa.cumulative_incidence(frame, by="role family").table
    counts = fa.tally(elsewhere(frame), by="role family")
    there = fa.cumulative_incidence(counts, by="role family").table
    columns = ["estimate", "std_error", "conf_low", "conf_high"]
    assert there[columns].to_numpy().ravel().tolist() == pytest.approx(
        table[columns].to_numpy().ravel().tolist(), abs=1e-12, nan_ok=True
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"exit_day": -3}, "exit_day holds -3: a day before the interview"),
        ({"exit_day": 2.5}, "exit_day counts whole days; it holds 2.5"),
        ({"ending": "maybe"}, "ending is one of open, yes, no, withdrawn, not 'maybe'"),
        ({"ending": None}, "ending is one of open, yes, no, withdrawn, not nothing"),
        ({"person": None}, "have no cluster"),
    ],
)
def test_what_is_wrong_is_said(elsewhere, change, message):
    frame = some_episodes(50)
    frame[list(change)] = list(change.values())
    with pytest.raises(fa.FollowupError, match=message):
        fa.tally(elsewhere(frame), cluster="person")


def test_numbers_that_would_be_rounded_are_refused(tmp_path):
    """Whole numbers with and without a sign become one column of another type."""
    for name, kind in {"a": "int64", "b": "uint64"}.items():
        ids = np.array([2**60 + each % 15 for each in range(30)], dtype=kind)
        pd.DataFrame({"exit_day": 3, "ending": "yes", "group": ids}).to_parquet(
            tmp_path / f"{name}.parquet"
        )
    frame = pd.DataFrame({"exit_day": 3, "ending": "yes"}, index=range(3))
    frame["group"] = pd.array([1, 2**63, None], dtype="UInt64")
    for source in (tmp_path, duckdb.from_df(frame), pl.from_pandas(frame)):
        for option in ("by", "cluster"):
            with pytest.raises(fa.FollowupError, match="group holds numbers too long"):
                fa.tally(source, **{option: "group"})
    frame["group"] = pd.array([1, 2, None], dtype="UInt64")
    for source in (duckdb.from_df(frame), pl.from_pandas(frame)):
        same(fa.tally(frame, by="group"), fa.tally(source, by="group"))


def test_the_ending_may_be_a_group(elsewhere):
    frame = some_episodes()
    same(fa.tally(frame, by="ending"), fa.tally(elsewhere(frame), by="ending"))


def test_a_column_that_is_not_there_is_named(elsewhere):
    with pytest.raises(fa.ColumnError, match="Did you mean 'went_well'"):
        fa.tally(elsewhere(some_episodes(20)), by="went_wel")


def test_too_many_cells_are_refused(elsewhere, monkeypatch):
    monkeypatch.setattr("followup_analysis.engines._MOST_ROWS", 500)
    frame = some_episodes().assign(minutes=np.arange(3000))
    with pytest.raises(fa.FollowupError, match="It is minutes that has the most values"):
        fa.tally(elsewhere(frame), by="minutes")
    monkeypatch.setattr("followup_analysis.engines._MOST_PER_CELL", 2)
    with pytest.raises(fa.FollowupError, match="more than 1,000 cells. It is minutes"):
        fa.tally(elsewhere(frame), by="minutes", cluster="company")


def test_files_that_are_not_there_or_of_another_kind(tmp_path):
    with pytest.raises(fa.FollowupError, match=r"there is no file '.*nowhere\.parquet'"):
        fa.tally(tmp_path / "nowhere.parquet")
    (tmp_path / "log.xlsx").write_bytes(b"")
    with pytest.raises(fa.FollowupError, match=r"neither Parquet nor CSV.*fa\.read_log"):
        fa.tally(tmp_path / "log.xlsx")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(fa.FollowupError, match="could not be counted"):
        fa.tally(tmp_path / "broken.parquet")


def test_a_missing_engine_is_named_with_its_extra(tmp_path, monkeypatch):
    (tmp_path / "a.parquet").write_bytes(b"")
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    for ask in (fa.tally, fa.kaplan_meier, fa.follow_up_effect):
        with pytest.raises(fa.FollowupError, match=r"followup-analysis\[scale\]'.*fa\.read_log"):
            ask(tmp_path / "a.parquet")


def test_two_people_are_no_clusters(elsewhere):
    frame = some_episodes().assign(person=lambda told: np.arange(len(told)) % 2, exit_day=3)
    frame = frame[["follow_up_day", "exit_day", "ending", "person"]]
    for by, people in ((None, "people"), ("person", "(people|clusters)")):
        counts = fa.tally(elsewhere(frame), by=by, cluster="person")
        same(counts, fa.tally(frame, by=by, cluster="person"))
        assert counts.cluster is None
        assert re.search(f"2 {people} are too few", counts.notes[-1])
        assert counts.cells["n"].sum() == 3000


def test_days_as_floats_with_gaps_are_days(elsewhere):
    frame = some_episodes()
    floats = frame.astype(dict.fromkeys(WHOLE, "float64"))
    same(fa.tally(frame, by="went_well"), fa.tally(elsewhere(floats), by="went_well"))


def test_yes_and_no_stay_words(elsewhere):
    frame = some_episodes().query("ending in ('yes', 'no')")
    frame = frame.assign(referral=np.where(frame["went_well"] > 3, "yes", "no"))
    counts = fa.tally(elsewhere(frame), by="referral")
    assert counts.patterns["referral"].tolist() == ["no", "yes"]
    same(fa.tally(frame, by="referral"), counts)


def test_columns_may_have_any_name(elsewhere):
    names = {"role family": "cluster", "went_well": "n", "company": "number_of_rows"}
    frame = some_episodes().rename(columns=names)
    frame["number_of_rows"] %= 3
    options = {"by": ["cluster", "n", "number_of_rows"], "cluster": "person"}
    same(fa.tally(frame, **options), fa.tally(elsewhere(frame), **options))


def test_clusters_are_counted_over_all_rows(elsewhere):
    frame = some_episodes(1001).assign(person=range(1001))
    frame.loc[0, ["exit_day", "ending"]] = pd.NA, "yes"
    same(fa.tally(frame, cluster="person"), fa.tally(elsewhere(frame), cluster="person"))


@pytest.mark.parametrize("made", [pl.from_pandas, duckdb.from_df, pd.DataFrame])
def test_a_date_with_a_zone_is_no_certain_day(made):
    frame = with_dates(some_episodes(20))
    frame["ended_on"] = frame["ended_on"].dt.tz_localize("UTC")
    with pytest.raises(fa.FollowupError, match="ended_on has a time zone, so its day is not"):
        fa.tally(made(frame))


def test_dates_may_be_text(elsewhere):
    frame = with_dates(some_episodes(200))
    texts = frame.assign(ended_on=frame["ended_on"].dt.strftime("%Y-%m-%d"))
    same(fa.tally(frame), fa.tally(texts))
    same(fa.tally(frame), fa.tally(elsewhere(texts)))


@pytest.mark.parametrize("word", ["soon", "03/04/2026", "2026-04"])
def test_texts_that_are_no_dates_are_refused(elsewhere, word):
    texts = with_dates(some_episodes(20)).assign(followed_up_on=word)
    for source in (texts, elsewhere(texts)):
        with pytest.raises(fa.FollowupError, match=r"followed_up_on holds what is no date|" + word):
            fa.tally(source)


def test_what_the_user_has_on_a_connection_stays():
    connection = duckdb.connect()
    connection.execute("CREATE MACRO days_between(a, b) AS 'mine'")
    fa.tally(connection.sql("SELECT 3 AS exit_day, 'yes' AS ending"))
    assert connection.sql("SELECT days_between(1, 2)").fetchall() == [("mine",)]
    views = "SELECT count(*) FROM duckdb_views() WHERE NOT internal"
    assert connection.sql(views).fetchall() == [(0,)]


def test_a_file_that_is_none_is_told_by_every_engine(tmp_path, spark):
    path = tmp_path / "torn.parquet"
    frame = some_episodes(2000)
    frame.to_parquet(path)
    path.write_bytes(path.read_bytes()[:-9])
    for source in (path, pl.scan_parquet(path)):
        for ask in (fa.tally, fa.kaplan_meier):
            with pytest.raises(fa.FollowupError, match="the episodes could not be counted: "):
                ask(source)
    words = spark.createDataFrame([("soon", "soon", "yes")], ["started_on", "ended_on", "ending"])
    with pytest.raises(fa.FollowupError, match="started_on holds 'soon', which is no date"):
        fa.tally(words)


def test_a_category_that_no_row_has_is_no_ending():
    frame = some_episodes(50)
    frame["ending"] = pd.Categorical(frame["ending"], [*fa.history.ENDINGS, "ghosted"])
    same(fa.tally(some_episodes(50)), fa.tally(frame))


@pytest.mark.parametrize(
    ("header", "usual", "last", "message"),
    [
        ("ending,exit_day", "yes,3", "no,4.7", "exit_day counts whole days; it holds 4.7"),
        (
            "ending,started_on,ended_on",
            "yes,2026-03-01,2026-03-03",
            "no,2026-03-01,2026-03-05 or 09",
            '"2026-03-05 or 09".* Write days as 2026-03-31',
        ),
    ],
)
def test_what_stands_far_down_in_a_csv_is_no_day_either(tmp_path, header, usual, last, message):
    path = tmp_path / "episodes.csv"
    path.write_text("\n".join([header, *[usual] * 30_000, last]))
    with pytest.raises(fa.FollowupError, match=message):
        fa.tally(path)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_folders_may_be_named_for_what_they_hold_and_what_engines_leave_is_not_read(tmp_path, kind):
    for folder in ("year=2025", "year=2026", "_temporary"):
        (tmp_path / folder).mkdir()
        frame, path = pd.DataFrame({"ending": ["yes"], "exit_day": [3]}), tmp_path / folder / "a"
        save = frame.to_csv if kind == "csv" else frame.to_parquet
        save(path.with_suffix(f".{kind}"), index=False)
    counts = fa.tally(tmp_path, by="year")
    assert counts.patterns["year"].tolist() == [2025, 2026]
    assert counts.n_episodes == 2


def test_a_day_of_many_digits_is_none(elsewhere):
    texts = with_dates(some_episodes(20)).assign(followed_up_on="2026-03-011")
    with pytest.raises(fa.FollowupError, match="2026-03-011"):
        fa.tally(elsewhere(texts))


def test_ctrl_c_is_what_it_is(monkeypatch, tmp_path):
    def interrupted(*_):
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr(engines, "_count_in_duckdb", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fa.tally(tmp_path / "a.parquet")


def test_what_03_04_2026_means_in_a_csv_file_is_not_guessed(tmp_path):
    pytest.importorskip("duckdb")
    header, path = "started_on,ended_on,followed_up_on,ending\n", tmp_path / "episodes.csv"
    path.write_text(header + "03/04/2026,10/04/2026,04/04/2026,yes\n")
    with pytest.raises(
        fa.FollowupError, match=r'started_on.* "03/04/2026".* Write days as 2026-03'
    ):
        fa.tally(path)
    # Nor where it stands so far down that the rows before it have told what the column is.
    path.write_text(header + 50_000 * "2026-04-03,2026-04-10,,yes\n" + "2026-04-03,5/4/2026,,no\n")
    with pytest.raises(fa.FollowupError, match=r'"5/4/2026".* column ended_on.* Write days'):
        fa.tally(path)
    path.write_text(header + "2026-04-03,2026-04-10,2026-04-04,yes\n2026-04-03,2026-05-10,,open\n")
    cells = fa.tally(path).cells
    assert cells["exit_day"].tolist() == [37, 7]
    assert cells["follow_up_day"].tolist() == [pd.NA, 1]


def test_what_one_file_lacks_is_missing_in_its_interviews_alone(tmp_path):
    frame = some_episodes(400)
    first, second = frame.iloc[:100].assign(follow_up_day=pd.NA), frame.iloc[100:]
    whole = pd.concat([first, second], ignore_index=True).astype({"follow_up_day": "Int64"})
    for kind in ("parquet", "csv"):
        folder = tmp_path / kind
        folder.mkdir()
        turned = second[second.columns[::-1]]
        for name, part in {"a": first.drop(columns="follow_up_day"), "b": turned}.items():
            getattr(part, f"to_{kind}")(folder / f"{name}.{kind}", index=False)
        same(fa.tally(whole, by="went_well"), fa.tally(folder, by="went_well"))


def test_files_of_several_types_are_not_rounded_to_one(tmp_path):
    frame = pd.DataFrame({"exit_day": [3, 4], "ending": ["yes", "no"]})
    frame.to_parquet(tmp_path / "a.parquet")
    frame.assign(exit_day=[3.5, 4.0]).to_parquet(tmp_path / "b.parquet")
    with pytest.raises(fa.FollowupError, match=r"exit_day counts whole days; it holds 3\.5"):
        fa.tally(tmp_path)


def test_what_is_hidden_in_a_folder_is_not_counted(tmp_path):
    frame = some_episodes(50)
    unfinished = tmp_path / ".unfinished-1"
    unfinished.mkdir()
    for path in (tmp_path / "a.parquet", unfinished / "b.parquet", tmp_path / ".c.parquet"):
        frame.to_parquet(path)
    assert fa.tally(tmp_path).n_episodes == fa.tally(frame).n_episodes


def test_truth_may_be_in_words(elsewhere):
    made = {"follow_up_undated": [True, False, False], "rated_late": [False, True, False]}
    frame = pd.DataFrame({"exit_day": [3, 4, 9], "ending": ["yes", "no", "open"], **made})
    told = fa.tally(frame)
    assert "1 of the interviews followed up on an unknown day" in str(told)
    words = frame.assign(**{name: [str(value) for value in made[name]] for name in made})
    for put in (lambda table: table, elsewhere):
        for table in (frame, words):
            again = fa.tally(put(table))
            same(told, again)
            assert again.notes == told.notes
    with pytest.raises(fa.FollowupError, match="rated_late is true or false, not 'perhaps'"):
        fa.tally(elsewhere(frame.assign(rated_late=["True", "perhaps", None])))


def test_open_interviews_need_their_last_day(elsewhere):
    frame = with_dates(some_episodes(100))
    frame["ended_on"] = frame["ended_on"].mask(frame["ending"].eq("open"))
    n = frame["ending"].eq("open").sum()
    for source in (frame, elsewhere(frame)):
        with pytest.raises(fa.FollowupError, match=f"{n} interviews without an answer, and with"):
            fa.tally(source)


def test_days_count_where_there_are_dates_too(elsewhere):
    frame = some_episodes(200)
    other = with_dates(frame)["started_on"] + pd.Timedelta(days=1)
    both = frame.assign(started_on=other, ended_on=other, followed_up_on=other)
    same(fa.tally(frame), fa.tally(both))
    same(fa.tally(frame), fa.tally(elsewhere(both)))
    late = both.drop(columns="follow_up_day")  # of that alone there are only dates
    same(fa.tally(late), fa.tally(elsewhere(late)))
    assert (fa.tally(late).follow_up_day[fa.tally(late).exit_day > 0] == 0).all()


def test_long_numbers_that_were_rounded_are_no_clusters(tmp_path):
    names = [str(19 * 10**18 + number) for number in range(40)]
    frame = pd.DataFrame({"exit_day": 3, "ending": "yes", "person": names})
    frame.to_csv(tmp_path / "all.csv", index=False)
    with pytest.raises(fa.FollowupError, match="person holds numbers too long to be told apart"):
        fa.tally(tmp_path / "all.csv", cluster="person")
    frame.to_parquet(tmp_path / "all.parquet")
    assert len(fa.tally(tmp_path / "all.parquet", cluster="person").n) == 40


@pytest.mark.parametrize("made", [pd.DataFrame, pl.from_pandas, duckdb.from_df])
def test_lists_are_told(made):
    frame = pd.DataFrame({"exit_day": [3, 4], "ending": "yes", "group": [[1], [2]]})
    with pytest.raises(fa.FollowupError, match="group holds what cannot be told apart, such as"):
        fa.tally(made(frame), by="group")


def test_a_missing_cluster_is_told_where_there_are_many(elsewhere):
    frame = some_episodes(1200).assign(person=[f"p{n}" for n in range(1200)])
    frame.loc[[3, 7], "person"] = None
    with pytest.raises(fa.FollowupError, match="2 of the episodes have no cluster"):
        fa.tally(elsewhere(frame), cluster="person")


def test_a_folder_is_read_whole_or_not_at_all(tmp_path):
    folder = tmp_path / "run [1]"
    (folder / "more").mkdir(parents=True)
    frame = some_episodes(100)
    for name in ("notes.txt", "_SUCCESS", ".hidden.csv"):
        (folder / name).write_text("no episodes\n")
    with pytest.raises(fa.FollowupError, match=r"no Parquet or CSV file in '.*run \[1\]'"):
        fa.tally(folder)
    frame.iloc[:40].to_csv(folder / "ALL.CSV", index=False)
    frame.iloc[40:].to_csv(folder / "more" / "b.csv.gz", index=False)
    there = escape(str(folder))
    for one in (folder / "ALL.CSV", f"{there}/*.CSV"):
        same(fa.tally(frame.iloc[:40]), fa.tally(one))
    same(fa.tally(frame), fa.tally(folder))
    with pytest.raises(fa.FollowupError, match="notes.txt|_SUCCESS"):
        fa.tally(f"{there}/*")
    frame.to_parquet(folder / "all.parquet")
    with pytest.raises(fa.FollowupError, match="holds Parquet and CSV files: name those that"):
        fa.tally(folder)
    same(fa.tally(frame), fa.tally(f"{there}/*.parquet"))


def test_the_folder_of_a_person_is_theirs(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    frame = some_episodes(20)
    (tmp_path / "mine").mkdir()
    frame.to_parquet(tmp_path / "mine" / "a.parquet")
    same(fa.tally(frame), fa.tally("~/mine"))


def test_clusters_are_numbered_alike_where_a_bucket_is_empty(elsewhere):
    people = pd.Series(range(2000))
    people = people[buckets.bucket_of(people) != 7].iloc[:1100].to_numpy()
    frame = some_episodes(1100).assign(person=people)
    here = fa.tally(frame, cluster="person")
    assert sorted(set(here.cluster)) == list(range(199))
    same(here, fa.tally(elsewhere(frame), cluster="person"))


def test_that_a_yes_is_implied_may_keep_interviews_apart(elsewhere):
    frame = some_episodes(300).dropna(subset="exit_day").astype({"exit_day": "int"})
    frame = frame.assign(implied=frame["exit_day"] > 20, earliest_exit_day=frame["exit_day"] - 1)
    numbers = frame.astype({"implied": "int"})  # in a file of commas truth is a word
    for one, other in ((frame, duckdb.from_df(frame)), (numbers, elsewhere(numbers))):
        here, there = (fa.tally(source, by=["implied", "went_well"]) for source in (one, other))
        same(here, there)
        same(here.earliest, there.earliest)
        cells = (counts.cells.astype({"implied": "bool"}) for counts in (here, here.earliest))
        assert [each.query("implied")["exit_day"].min() for each in cells] == [21, 20]


def test_a_tally_keeps_the_clusters_it_was_made_with():
    counts = fa.tally(some_episodes(50))
    with pytest.raises(fa.FollowupError, match="name the cluster when it is made"):
        fa.tally(counts, cluster="person")
    for wrong in ({"by": 3}, {"cluster": ["person"]}):
        with pytest.raises(fa.FollowupError, match="by and cluster name columns"):
            fa.tally(some_episodes(50), **wrong)
