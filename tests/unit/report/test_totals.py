"""What all records of a schema come to."""

from __future__ import annotations

from typing import Any

from mmi_cli.report.totals import totals


def leaf(type_: str, value: Any) -> dict[str, Any]:
    return {"type": type_, "kind": "extracted", "value": value, "confidence": 0.9, "evidence": []}


def record(schema: str = "invoice", status: str = "ok", **fields: Any) -> dict[str, Any]:
    return {"schema": {"name": schema}, "status": status, "fields": fields}


def test_numbers_have_a_mean_a_median_and_a_spread_that_holds_every_value() -> None:
    (of_all,) = totals([record(total=leaf("number", value)) for value in (1, 2, 3, 4, 90.5)])
    (total,) = of_all["numbers"]
    assert (total["n"], total["mean"], total["median"], total["low"], total["high"], total["sum"]) == (
        5,
        20.1,
        3,
        1,
        90.5,
        100.5,
    )
    assert sum(count for *_, count in total["bins"]) == 5
    assert total["bins"][0][0] == 1 and total["bins"][-1][1] == 90.5


def test_every_value_of_a_bin_is_found_by_the_filter_that_the_bin_asks_for() -> None:
    values = [0.1, 0.2, 0.30000000000000004, 0.7, 1.1, 1.3, 2.9, 3.1, 3.0, 2.2, 0.4]
    (of_all,) = totals([record(x=leaf("number", value)) for value in values])
    bins = of_all["numbers"][0]["bins"]
    for at, (low, high, count) in enumerate(bins):
        inside = [v for v in values if v >= low and (v <= high if at == len(bins) - 1 else v < high)]
        assert len(inside) == count


def test_choices_are_texts_that_come_again_and_yes_or_no() -> None:
    records = [
        record(mood=leaf("string", mood), name=leaf("string", f"name {n}"), paid=leaf("boolean", n > 1))
        for n, mood in enumerate(["good", "bad", "good", None])
    ]
    (of_all,) = totals(records)
    assert of_all["choices"] == [
        {"field": "mood", "counts": [["good", 2], ["bad", 1]], "none": 1},
        {"field": "paid", "counts": [["false", 2], ["true", 2]], "none": 0},
    ]


def test_days_and_lists() -> None:
    def tags(*words: str) -> dict[str, Any]:
        return {"type": "array", "value": [leaf("string", word) for word in words]}

    records = [
        record(day=leaf("date", "2026-05-01"), tags=tags("a", "a", "b")),
        record(day=leaf("date", "2026-05-03"), tags=tags("a", "c")),
        record(day=leaf("date", "2026-05-01"), tags=tags()),
    ]
    (of_all,) = totals(records)
    assert of_all["days"] == [{"field": "day", "counts": [["2026-05-01", 2], ["2026-05-03", 1]]}]
    assert of_all["lists"] == [{"field": "tags", "counts": [["a", 2], ["b", 1], ["c", 1]]}]


def test_one_record_or_failed_ones_come_to_nothing() -> None:
    assert totals([record(total=leaf("number", 1))]) == []
    assert totals([record(status="failed", total=leaf("number", n)) for n in range(5)]) == []


def test_calls_are_known_by_their_measures_and_told_first_what_a_lead_asks_first() -> None:
    def call(seconds: float, resolution: str) -> dict[str, Any]:
        return record(
            "our-calls",
            other=leaf("number", 5), silence_share=leaf("number", 0.1), duration_s=leaf("number", seconds),
            agent_talk_share=leaf("number", 0.5), resolution=leaf("string", resolution),
        )  # fmt: skip

    (of_all,) = totals([call(60, "unresolved"), call(90, "resolved"), call(75, "resolved")])
    assert of_all["is_calls"]
    assert [(one["field"], one["unit"]) for one in of_all["numbers"]] == [
        ("duration_s", "seconds"), ("agent_talk_share", "share"), ("silence_share", "share"), ("other", ""),
    ]  # fmt: skip
    assert of_all["choices"][0]["counts"] == [["resolved", 2], ["unresolved", 1]]
