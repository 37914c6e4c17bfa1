"""The generated tax case: what it says is true of it is so."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("faker", reason="cases are drawn with faker, of the extra `bench`")

from bench.made_case import Case, make_case


@pytest.mark.parametrize("seed", range(4))
def test_files_of_a_person_agree_but_for_what_is_planted(tmp_path: Path, seed: int) -> None:
    case = make_case(tmp_path, seed=seed)
    found = set()
    for person in range(3):
        stated: dict[str, set[object]] = {}
        for each in case.files:
            for fact, value in each.facts.items() if each.person == person else ():
                stated.setdefault(fact, set()).add(value)
        two_jobs = len(case.persons[person].employers) > 1
        found |= {
            (person, fact)
            for fact, values in stated.items()
            if len(values) > 1 and not (two_jobs and fact in ("wages", "employer_name"))
        }
    assert found == {(each.person, each.fact) for each in case.conflicts}
    assert len(found) == 2
    assert case.conflicts[0].fact in ("date_of_birth", "invoice_date")


def test_the_two_arrangements_hold_the_same_case(tmp_path: Path) -> None:
    apart = make_case(tmp_path / "apart", seed=5)
    together = make_case(tmp_path / "together", seed=5, together=True)
    assert apart.persons == together.persons
    assert len(_folders(apart)) == 3
    assert _folders(together) == {"."}
    for case, folder in ((apart, "apart"), (together, "together")):
        assert len({each.path for each in case.files}) == 12
        assert all((tmp_path / folder / each.path).stat().st_size > 300 for each in case.files)


def test_totals_are_the_sums_of_what_is_printed(tmp_path: Path) -> None:
    case = make_case(tmp_path, seed=6)
    assert case.totals()["wages_total"] == round(sum(each.fields.get("wages", 0) for each in case.files), 2)
    assert case.totals()["tax_withheld_total"] == round(
        sum(each.fields.get("federal_income_tax", 0) for each in case.files), 2
    )


def _folders(case: Case) -> set[str]:
    return {str(Path(each.path).parent) for each in case.files}
