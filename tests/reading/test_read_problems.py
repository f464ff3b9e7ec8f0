"""What cannot be read is reported where it stands; what cannot be decided is asked."""

from __future__ import annotations

import io
import re

import pandas as pd
import pytest

from followup_analysis import LogError
from followup_analysis.reading import read_log


def read(text, **options):
    return read_log(io.StringIO(text), **options)


def days(log):
    return log.applications["applied_on"].dt.strftime("%Y-%m-%d").tolist()


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-01-28", "2026-01-28"),
        ("2026/1/28", "2026-01-28"),
        ("2026-01-28T09:30:00.000Z", "2026-01-28"),
        ("28.01.2026", "2026-01-28"),
        ("3.4.2026", "2026-04-03"),
        ("28/1/2026", "2026-01-28"),
        ("1/28/26", "2026-01-28"),
        ("11/20/24, 8:15 AM", "2024-11-20"),
        ("3/13/2023 18:51:27", "2023-03-13"),
        ("Jan 28, 2026", "2026-01-28"),
        ("28 January 2026", "2026-01-28"),
        ("Wed, 28th Jan 2026", "2026-01-28"),
        ("28-Jan-26", "2026-01-28"),
        ("5/5/2026", "2026-05-05"),
        ("46050", "2026-01-28"),
        ("28 de enero de 2026", "2026-01-28"),
        ("12. März 2026", "2026-03-12"),
    ],
)
def test_date_that_reads_in_one_way_is_read(cell, day):
    log = read(f'company\tapplied\nAcme\t"{cell}"\n')
    assert days(log) == [day]
    assert len(log.problems) == 0


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("31/02/2026", "no_such_day"),
        ("2026-02-30", "no_such_day"),
        ("8/82025", "not_a_date"),
        ("soon", "not_a_date"),
        ("5", "not_a_date"),
        ("2206-01-05", "implausible_year"),
    ],
)
def test_bad_date_costs_its_value_only(cell, code):
    log = read(f"company,applied,interview\nAcme,{cell},2026-01-12\n")
    assert log.applications["applied_on"].isna().all()
    assert log.events["kind"].tolist() == ["interview"]
    assert log.problems.iloc[:, 2:7].to_numpy().tolist() == [
        [2, "applied", cell, code, "value set aside"]
    ]
    assert log.problems["remedy"].str.contains("date|year").all()


def test_answer_on_an_impossible_day_is_still_an_answer():
    log = read("company,applied,interview,rejected\nAcme,2026-01-05,2026-01-12,2026-01-32\n")
    assert log.events["kind"].tolist() == ["interview", "rejection"]
    assert pd.isna(log.events["date"][1])
    assert log.problems["done"].tolist() == ["kept without its date"]


def test_ambiguous_column_is_asked():
    text = "company,applied\nAcme,3/4/2026\nBolt,5/6/2026\nCorp,7/8/2026\n"
    with pytest.raises(LogError) as caught:
        read(text)
    message = str(caught.value)
    assert "'applied'" in message
    assert "'3/4/2026' is 2026-04-03 or 2026-03-04" in message
    assert "'5/6/2026'" in message
    assert "'7/8/2026'" not in message
    assert "dayfirst=True" in message
    assert "dayfirst=False" in message
    assert days(read(text, dayfirst=True)) == ["2026-04-03", "2026-06-05", "2026-08-07"]
    assert days(read(text, dayfirst=False)) == ["2026-03-04", "2026-05-06", "2026-07-08"]


def test_one_impossible_value_decides_its_column():
    assert days(read("company,applied\nAcme,3/4/2026\nBolt,13/4/2026\n"))[0] == "2026-04-03"
    assert days(read("company,applied\nAcme,3/4/2026\nBolt,4/13/2026\n"))[0] == "2026-03-04"
    with pytest.raises(LogError, match="both ways"):
        read("company,applied\nAcme,3/4/2026\nBolt,4/13/2026\nCorp,13/4/2026\n")


def test_every_question_comes_at_once():
    with pytest.raises(LogError) as caught:
        read("company,applied,interview\nAcme,3/4/2026,4/5/2026\n")
    assert "'applied'" in str(caught.value)
    assert "'interview'" in str(caught.value)


def test_bad_values_of_other_kinds():
    log = read(
        "company,applied,referral,interview,went well,follow-up sent,follow-up channel,status\n"
        "Acme,2026-01-05,maybe,2026-01-12,great,2026-01-13,pigeon,sung to\n"
        "Bolt,2026-01-05,yes,2026-01-12,9,2026-01-13,,\n"
    )
    assert set(log.problems[["line", "value", "code"]].itertuples(index=False, name=None)) == {
        (2, "maybe", "not_yes_or_no"),
        (2, "great", "not_a_number"),
        (2, "pigeon", "unknown_channel"),
        (2, "sung to", "unknown_word"),
        (3, "9", "out_of_range"),
    }
    remedies = log.problems.set_index("code")["remedy"]
    assert remedies["unknown_channel"] == (
        "Say how it was sent: vocabulary={'pigeon': '...'}, with one of call, letter, note, "
        "email, message, in_person for the dots; None if it means nothing."
    )
    assert "vocabulary={'sung to': '...'}" in remedies["unknown_word"]
    assert "from 1 to 5" in remedies["out_of_range"]
    assert len(log.applications) == 2


def test_a_remedy_names_the_word_that_is_spelt_alike_among_those_of_its_column():
    log = read(
        "company,interview,follow-up sent,follow-up channel,follow-up content\n"
        "Acme,2026-01-12,2026-01-13,emial,strenghts\n"
    )
    channel, content = log.problems.set_index("code")["remedy"]
    assert channel.startswith("If it is a slip for 'email': vocabulary={'emial': 'email'}. Say how")
    assert content.startswith("If it is a slip for 'strengths'")
    assert "with one of generic, specific, concern, strengths for the dots" in content


@pytest.mark.parametrize("order", ["yes", "True", 1, float("nan")])
def test_an_order_of_day_and_month_that_is_none_is_refused(order):
    with pytest.raises(LogError, match="True where 3/4/2026 is 3 April, False where it is March 4"):
        read("company,applied\nAcme,3/4/2026\n", dayfirst=order)


def test_missing_words_are_no_problem():
    log = read(
        "company,applied,interview,went well,status\n"
        "Acme,N/A,-,?,TBD\n"
        "Bolt,null,,n/a,—\n"
        "NA,2026-01-05,None,,Unknown\n"
    )
    assert len(log.problems) == 0
    assert log.applications["company"].tolist() == ["Acme", "Bolt", "NA"]
    assert log.applications["status"].isna().all()
    assert len(log.events) == 0


def test_record_without_application_goes_aside_whole():
    log = read("company,applied,status\n,2026-01-05,Rejected\nN/A,2026-01-06,\nAcme,2026-01-07,\n")
    assert log.applications["company"].tolist() == ["Acme"]
    assert log.set_aside["text"].tolist() == [",2026-01-05,Rejected", "N/A,2026-01-06,"]
    assert log.problems["code"].tolist() == ["no_application"] * 2
    assert "2 of 3 lines set aside" in repr(log)


def test_strict_lists_every_problem():
    text = "company,applied,interview\nAcme,soon,2026-01-12\n,2026-01-05,\n"
    with pytest.raises(LogError) as caught:
        read(text, strict=True)
    assert len(caught.value.problems) == 2
    assert "line 2, column 'applied': 'soon' not_a_date" in str(caught.value)
    assert "line 3" in str(caught.value)
    assert len(read("company,applied\nAcme,2026-01-05\n", strict=True).applications) == 1


def test_last_day_of_the_log_is_data():
    text = "company,applied,interview,follow-up due\nAcme,2026-01-05,2026-01-12,2027-01-01\n"
    assert read(text).as_of == pd.Timestamp("2026-01-12")
    assert read(text, as_of="2026-02-01").as_of == pd.Timestamp("2026-02-01")
    with pytest.raises(LogError, match="as_of='whenever'"):
        read(text, as_of="whenever")
    assert read(text, as_of="2026-02-01 18:30").as_of == pd.Timestamp("2026-02-01")
    for guessed in ("04.03.2026", "3/4/2026", "March 4", "2026", "2026-03"):
        with pytest.raises(LogError, match="write it as '2026-03-31'"):
            read(text, as_of=guessed)


def test_deeds_after_the_last_day_are_problems_and_plans_are_not():
    log = read(
        "company,applied,interview,follow-up sent,follow-up due,rejected\n"
        "Acme,2026-01-05,2026-01-12,2026-03-01,2026-03-02,\n"
        "Bolt,2026-03-01,2026-03-05,,,2026-03-03\n",
        as_of="2026-02-01",
    )
    assert set(log.problems[["line", "value", "done"]].itertuples(index=False, name=None)) == {
        (2, "2026-03-01", "value set aside"),
        (3, "2026-03-01", "value set aside"),
        (3, "2026-03-05", "read as booked, not as held"),
        (3, "2026-03-03", "value set aside"),
    }
    assert log.events[["kind", "planned"]].to_numpy().tolist() == [
        ["interview", False],
        ["follow_up", True],
        ["interview", True],
    ]
    assert len(log.interviews()) == 1


def test_booked_interview_lies_ahead():
    text = (
        "company,applied,interview,status\n"
        "Acme,2026-01-05,2026-01-12,\n"
        "Bolt,2026-01-06,2026-02-12,Interview scheduled\n"
    )
    for log in (read(text), read(text, as_of="2026-01-20")):
        assert log.events["planned"].tolist() == [False, True]
        assert len(log.problems) == 0
    assert read(text).as_of == pd.Timestamp("2026-01-12")
    assert read(text, as_of="2026-02-20").events["planned"].tolist() == [False, False]


def test_intervals_are_never_negative():
    log = read(
        "company,applied,interview,rejected\n"
        "Acme,2026-01-05,2026-01-12,2026-01-02\n"
        "Bolt,2026-01-05,2026-01-12,2026-01-10\n"
        "Corp,2026-01-15,2026-01-12,2026-01-20\n"
    )
    assert log.problems[["line", "code"]].to_numpy().tolist() == [
        [2, "before_application"],
        [3, "before_interview"],
        [4, "before_application"],
    ]
    assert log.events["kind"].tolist() == ["interview", "rejection"] * 3
    assert log.events["date"].isna().tolist() == [False, True, False, True, False, False]
    assert log.applications["applied_on"].isna().tolist() == [False, False, True]


def test_stamp_in_the_title_is_the_last_day_of_the_log():
    rows = "company,applied,interview\nAcme,2026-01-05,2026-01-12\nBolt,2026-01-06,2026-04-02\n"
    log = read(f"My search\nExported on 2026-03-31\n\n{rows}")
    assert log.as_of == pd.Timestamp("2026-03-31")
    assert any("stands in the title" in note for note in log.notes)
    assert log.events["planned"].tolist() == [False, True]
    assert read(f"Exported on 2026-03-31\n{rows}", as_of="2026-05-01").as_of.month == 5


def test_stamp_that_is_older_than_the_log_is_not_believed():
    log = read("Exported: 2026-01-01\n\ncompany,applied\nAcme,2026-01-05\n")
    assert log.as_of == pd.Timestamp("2026-01-05")
    assert any("there are later dates" in note for note in log.notes)


def test_column_that_repeats_the_day_of_the_export_is_a_stamp():
    log = read("company,applied,Current date\nAcme,2026-01-05,2026-03-31\nBolt,,2026-03-31\n")
    assert log.as_of == pd.Timestamp("2026-03-31")


def test_log_shows_what_was_read_as_what_what_was_left_out_and_what_to_do():
    log = read_log(
        io.StringIO(
            "company,applied,interview,status,<b>pay</b>\n"
            "<script>alert(1)</script>,2026-01-05,soon,Nope,1\n"
            "Bolt,2026-01-05,2026-01-12,Maybe,2\n"
            ",,2026-01-01,,<i>lone</i>\n"
        )
    )
    html = log._repr_html_()
    assert "<p>company, applied &rarr; applied_on, interview &rarr; interview_on" in html
    assert "Kept as they are: &lt;b&gt;pay&lt;/b&gt;." in html
    rows = [re.findall("<td .*?>(.*?)</td>", row) for row in html.split("<tr")]
    assert ["2", "open file, line 2", "status", "Nope; Maybe", "unknown word"] in [
        r[:5] for r in rows
    ]
    assert [row[-1] for row in rows if "not a date" in row] == ["Write the date as 2026-01-31."]
    assert "<li>open file, line 4 (no application): ,,2026-01-01,,&lt;i&gt;lone" in html
    assert "<script>" not in html and "<i>" not in html and "<b>pay" not in html
    assert "The last day of the log is taken to be 2026-01-12" in html


def test_log_in_which_all_was_read_shows_no_problems():
    html = read_log(io.StringIO("company,applied\nAcme,2026-01-05\n"))._repr_html_()
    assert "<details open>" in html  # closed where there are many columns
    assert "<table" not in html and "Left out" not in html and "Kept" not in html


def test_only_the_first_of_many_are_shown():
    lines = "".join(f",2026-01-{day:02d},x\n" for day in range(1, 21))
    html = read_log(io.StringIO(f"company,applied,status\nAcme,2026-01-05,\n{lines}"))._repr_html_()
    assert html.count("(no application)") == 8
    assert "12 more: <code>log.set_aside</code>" in html


def test_problems_show_themselves_in_full_however_narrow_the_terminal(monkeypatch):
    log = read("company,applied,status\nAcme,8/82025,sung <to>\n")
    for columns in ("30", "200"):
        monkeypatch.setenv("COLUMNS", columns)
        lines = repr(log.problems).splitlines()
        assert max(map(len, lines)) <= int(columns)
        assert " ".join(" ".join(lines).split()) == (
            "- open file, line 2, column 'applied': '8/82025' not_a_date, value set aside. "
            "Write the date as 2026-01-31. - open file, line 2, column 'status': 'sung <to>' "
            "unknown_word, kept as text, read as no event. Say what it means: "
            "vocabulary={'sung <to>': '...'}, with offer, rejected, withdrawn, interview, applied "
            "or another word for the dots; None if it means nothing."
        )
    html = log.problems._repr_html_()
    assert "sung &lt;to&gt;" in html
    assert "or another word for the dots; None if it means nothing.</td>" in html


def test_problems_stay_a_table_and_many_are_told_in_pieces():
    log = read("company,applied\n" + "".join(f"A{n},8/8202{n}\n" for n in range(21)))
    assert isinstance(log.problems, pd.DataFrame)
    assert log.problems.query("line == 3")["value"].tolist() == ["8/82021"]
    first, rest = repr(log.problems), log.problems.iloc[20:]
    assert first.count("Write the date") == log.problems._repr_html_().count("Write the date") == 20
    assert first.endswith("(20 of 21; the next: .iloc[20:])")
    assert repr(rest).startswith("- open file, line 22,")
    assert repr(log.problems[["line"]].head(1)) == "   line\n0     2"
    assert repr(read("company,applied\nA,2026-01-05\n").problems) == "No problems."
