"""Makes a tax case: twelve files about three clients of one practice, with what is true of each and what contradicts what.

    python -m bench.made_case FOLDER [--seed S] [--together] [--conflicts N] [--copies]      (needs `pip install '.[bench]'`)

Papers come from `bench/made_papers.py`, as PDF, as scan and as photograph; with them an e-mail and a voice note (spoken by flite or
espeak-ng; where neither is at hand, its transcript as WebVTT). A fact that stands in several files is the same in all of them, but for
those that are planted to differ: one of these is a date. Written beside the files: `truth.json`.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from bench.made_papers import Fields, amount, draw_paper, make_packet
from bench.made_recordings import can_speak, voice_note
from bench.made_scans import page_pictures, photographed, scanned, trimmed

_FIRST = ("Anna", "David", "Laura", "Peter", "Helen", "Martin", "Julia", "Robert", "Susan", "Thomas", "Emily", "Daniel")
_LAST = ("Miller", "Carter", "Brown", "Wilson", "Taylor", "Cooper", "Baker", "Turner", "Parker", "Morgan", "Foster", "Hunter")  # fmt: skip
_CASTS = (
    (
        (("w2", "pdf"), ("pay_slip", "pdf"), ("receipt", "photo"), ("mail", "eml")),
        (("w2", "scan"), ("form_1099", "pdf"), ("bank_statement", "pdf"), ("voice", "mp3")),
        (("w2", "pdf"), ("w2", "scan"), ("invoice", "pdf"), ("receipt", "photo")),
    ),
    (
        (("w2", "scan"), ("invoice", "pdf"), ("receipt", "photo"), ("mail", "eml")),
        (("w2", "pdf"), ("pay_slip", "scan"), ("form_1099", "pdf"), ("voice", "mp3")),
        (("w2", "pdf"), ("w2", "scan"), ("bank_statement", "pdf"), ("receipt", "photo")),
    ),
)
"""Who brings what, and as which kind of file."""
_NEEDS_NO_PROOF = ("name", "tax_year")
"""Facts that tell whose paper it is: nothing is planted in them."""
_DATES = ("date_of_birth", "invoice_date")
_LETTERS = (
    "Dear Ms. Keller,\n\nplease find my papers for {tax_year} attached. To be sure that you have everything right:\n\n{facts}\n\n"
    "Please call me when something is missing.\n\nKind regards,\n{name}\n",
    "Hello Ms. Keller,\n\nhere is what you asked me for my tax return of {tax_year}.\n\n{facts}\n\nThank you very much,\n{name}\n",
)
_SAID = {
    "date_of_birth": ("My date of birth is {}.", "I was born on {}."),
    "ssn": ("My social security number is {}.", "Social security number: {}."),
    "address": ("I still live at {}.", "My address is {}."),
    "invoice_date": ("The invoice {invoice_id} is dated {}.", "The date of invoice {invoice_id} is {}."),
    "wages": ("{employer_name} paid me wages of {} dollars.", "My wages from {employer_name} were ${}."),
    "interest": ("My bank paid me interest of {} dollars.", "I had interest income of {} dollars."),
}
_Facts = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class CaseFile:
    """A file of the case."""

    path: str
    """Below the folder of the case, with forward slashes."""
    person: int
    kind: str
    facts: _Facts
    """What it states about its person, by the names of `Person`; a planted conflict is in it."""
    fields: Fields = field(default_factory=dict)
    """Truth of the built-in schema of its kind, as it is printed."""


@dataclass(slots=True, kw_only=True)
class Person:
    """A client of the practice. Facts that none of its files states are None."""

    name: str
    ssn: str
    address: str
    """In one line: street, city, state ZIP."""
    date_of_birth: str | None = None
    employers: list[str] = field(default_factory=list)
    wages_total: float = 0.0
    """Of box 1 of all its W-2s."""
    tax_withheld_total: float = 0.0
    """Of box 2 of all its W-2s, and box 4 of its 1099s."""
    expenses_total: float = 0.0
    """Of its receipts and the invoices to it."""
    interest: float | None = None
    account_number: str | None = None


@dataclass(slots=True, kw_only=True)
class Conflict:
    """A fact that two files of a person state differently."""

    person: int
    fact: str
    values: dict[str, Any]
    """Path → what stands there. The planted one is `wrong_in`."""
    wrong_in: str


@dataclass(slots=True, kw_only=True)
class Copy:
    """A paper that is there twice: as PDF, and as its own scan or photograph."""

    person: int
    path: str
    of: str


@dataclass(slots=True, kw_only=True)
class Case:
    """Twelve files on disk and their truth."""

    seed: int
    files: list[CaseFile]
    persons: list[Person]
    conflicts: list[Conflict]
    copies: list[Copy] = field(default_factory=list)

    def totals(self) -> dict[str, float]:
        """Over all three: wages, tax withheld, expenses, interest."""
        return {
            "wages_total": round(sum(each.wages_total for each in self.persons), 2),
            "tax_withheld_total": round(sum(each.tax_withheld_total for each in self.persons), 2),
            "expenses_total": round(sum(each.expenses_total for each in self.persons), 2),
            "interest": round(sum(each.interest or 0 for each in self.persons), 2),
        }

    def to_json(self) -> dict[str, Any]:
        return {**dataclasses.asdict(self), "totals": self.totals()}


def make_case(folder: Path, *, seed: int, together: bool = False, conflicts: int = 2, copies: bool = False) -> Case:
    """Writes the files of a case.

    Args:
        copies: every PDF is there as a scan or photograph, too.
        together: all twelve in `folder` under numbers, in place of a folder of four for each person.
        conflicts: how many facts are planted to differ; the first is a date.
    """
    lot = random.Random(seed)
    plans = _planned(lot, _CASTS[seed % len(_CASTS)])
    planted = _plant(lot, plans, conflicts)
    numbers = list(range(1, 13))
    lot.shuffle(numbers)
    for plan in plans:
        person = plan["person"]
        number = numbers[plan["at"]]
        stem = f"{number:02}-{_STEMS[plan['form']]}" if together else f"client-{person + 1}/{_NAMES[plan['kind']]}"
        if not together and plan["nth"]:
            stem += f"-{plan['nth'] + 1}"
        (folder / stem).parent.mkdir(parents=True, exist_ok=True)
        path = _written(folder, stem, plan, lot.randrange(10**6))
        plan["file"] = CaseFile(
            path=path.relative_to(folder).as_posix(),
            person=person,
            kind=plan["kind"],
            facts=_in_one_line(plan["facts"]),
            fields=plan["fields"],
        )
    files = [plan["file"] for plan in plans]
    found = [
        Conflict(
            person=person,
            fact=fact,
            values={each["file"].path: each["file"].facts[fact] for each in plans if each["person"] == person and fact in each["facts"]},
            wrong_in=wrong["file"].path,
        )
        for person, fact, wrong in planted
    ]  # fmt: skip
    persons = [_summed([plan for plan in plans if plan["person"] == person]) for person in range(3)]
    case = Case(seed=seed, files=files, persons=persons, conflicts=found)
    if copies:
        case.copies = [_copied(folder, plan, seed) for plan in plans if plan["form"] == "pdf"]
    (folder / "truth.json").write_text(json.dumps(case.to_json(), indent=1) + "\n", "utf-8")
    return case


_STEMS = {"pdf": "document", "scan": "scan", "photo": "photo", "eml": "message", "mp3": "note"}
_NAMES = {
    "w2": "w2", "form_1099": "1099", "pay_slip": "pay-slip", "bank_statement": "statement", "invoice": "invoice", "receipt": "receipt",
    "mail": "message", "voice": "note",
}  # fmt: skip


def _in_one_line(facts: _Facts) -> _Facts:
    return {name: value.replace("\n", ", ") if isinstance(value, str) else value for name, value in facts.items()}


def _planned(lot: random.Random, cast: Any) -> list[dict[str, Any]]:
    """One plan a file: whose it is, what kind and form, and the facts that it states."""
    from faker import Faker

    fake = Faker("en_US")
    fake.seed_instance(lot.randrange(10**9))
    year, plans = lot.randint(2021, 2024), []
    firsts, lasts = lot.sample(_FIRST, 3), lot.sample(_LAST, 3)
    for person, files in enumerate(cast):
        state = fake.state_abbr(include_territories=False)
        street = f"{lot.randint(11, 980)} {fake.last_name()} {lot.choice(('Street', 'Avenue', 'Road'))}"
        about = {
            "name": f"{firsts[person]} {lasts[person]}",
            "ssn": fake.ssn(),
            "address": f"{street}\n{fake.city()}, {state} {fake.zipcode()}",
            "date_of_birth": fake.date_of_birth(minimum_age=25, maximum_age=64).isoformat(),
            "tax_year": year,
            "interest": round(lot.uniform(15, 900), 2),
            "account_number": str(lot.randint(10**9, 10**10 - 1)),
            "invoice_id": f"INV-{lot.randint(1000, 99999)}",
            "invoice_date": f"{year}-{lot.randint(2, 11):02}-{lot.randint(13, 27):02}",
            "bank": f"{fake.last_name()} Bank",
            "bank_ein": fake.ein(),
        }
        jobs = [
            {"employer_name": _company(lot, fake), "employer_ein": fake.ein(), "gross": round(lot.uniform(1800, 8000), 2),
             "street": [f"{lot.randint(11, 980)} {fake.last_name()} Road", f"{fake.city()}, {state} {fake.zipcode()}"]}
            for _ in range(2)
        ]  # fmt: skip
        kinds = [kind for kind, _ in files]
        for at, (kind, form) in enumerate(files):
            nth = kinds[:at].count(kind)
            job = jobs[nth] if kind == "w2" else jobs[0]
            stated = _stated(kind, about, job, kinds, state, lot)
            plans.append(
                {"at": 4 * person + at, "person": person, "kind": kind, "form": form, "nth": nth, "job": job, "about": about,
                 "facts": stated, "state": state, "layout": lot.randrange(2), "draw": lot.randrange(10**9), "fields": {}}
            )  # fmt: skip
    return plans


def _company(lot: random.Random, fake: Any) -> str:
    trade = lot.choice(("Trading", "Foods", "Systems", "Partners", "Logistics"))
    return f"{fake.last_name()} {trade} {lot.choice(('Inc', 'LLC', 'Corp'))}"


def _stated(kind: str, about: _Facts, job: _Facts, kinds: list[str], state: str, lot: random.Random) -> _Facts:
    """What a file of this kind says about its person."""
    wages = round(12 * job["gross"], 2)
    chosen = {
        "w2": ("name", "ssn", "address", "tax_year"),
        "form_1099": ("name", "ssn", "address", "tax_year", "interest"),
        "pay_slip": ("name", "date_of_birth", "address"),
        "bank_statement": ("name", "address", "account_number", "interest"),
        "invoice": ("name", "address", "invoice_date"),
        "receipt": ("name",),
        "mail": ("name", "tax_year", "date_of_birth", "ssn", "address", *(("invoice_date",) if "invoice" in kinds else ())),
        "voice": ("name", "date_of_birth", *(("interest",) if "form_1099" in kinds else ())),
    }[kind]  # fmt: skip
    facts = {name: about[name] for name in chosen}
    if kind in ("w2", "pay_slip"):
        facts["employer_name"] = job["employer_name"]
    if kind == "w2" or (kind == "mail" and "w2" in kinds and kinds.count("w2") == 1):
        facts |= {"wages": wages, "employer_name": job["employer_name"]}
    return facts


def _plant(
    lot: random.Random, plans: list[dict[str, Any]], count: int
) -> list[tuple[int, str, dict[str, Any]]]:  # fmt: skip
    """(person, fact, the plan that is now wrong); a date first. The wrong one is a message or a note where there is one."""
    stated: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for plan in plans:
        for fact in plan["facts"]:
            if fact not in (*_NEEDS_NO_PROOF, "employer_name"):
                stated.setdefault((plan["person"], fact), []).append(plan)
    shared = [each for each, where in stated.items() if len(where) > 1 and not _of_two_jobs(each[1], where)]
    dates = [each for each in shared if each[1] in _DATES]
    chosen: list[tuple[int, str]] = []
    while len(chosen) < count:
        chosen.append(lot.choice([each for each in (shared if chosen else dates) if each not in chosen]))
    out = []
    for person, fact in chosen:
        where = stated[person, fact]
        wrong = next((plan for plan in where if plan["kind"] in ("mail", "voice")), where[-1])
        wrong["facts"] = {**wrong["facts"], fact: _altered(fact, wrong["facts"][fact], lot)}
        out.append((person, fact, wrong))
    return out


def _of_two_jobs(fact: str, where: list[dict[str, Any]]) -> bool:
    return fact == "wages" and len({plan["job"]["employer_name"] for plan in where}) > 1


def _altered(fact: str, value: Any, lot: random.Random) -> Any:
    """Another value of the same kind, as a person who is mistaken would give it."""
    if fact in _DATES:
        day = datetime.date.fromisoformat(value)
        return lot.choice(
            (day.replace(year=day.year + 1, day=min(day.day, 28)), day + datetime.timedelta(days=9))
        ).isoformat()
    if fact == "ssn":
        return f"{value[:-2]}{(int(value[-2:]) + 18) % 100:02}"
    if fact == "address":
        number, rest = value.split(" ", 1)
        return f"{int(number) + 3} {rest}"
    if fact == "account_number":
        return str(int(value) + 1010)
    return round(value * 1.1 + 100, 2)


def _paper_facts(plan: dict[str, Any]) -> Fields:
    """The facts under the names that `made_papers` knows them by."""
    facts, job, about = plan["facts"], plan["job"], plan["about"]
    match plan["kind"]:
        case "w2":
            return {
                "tax_year": facts["tax_year"], "employee_name": facts["name"], "employee_ssn": facts["ssn"], "wages": facts["wages"],
                "employee_address": facts["address"], "employer_name": job["employer_name"], "employer_ein": job["employer_ein"],
                "employer_address": job["street"], "state": plan["state"],
            }  # fmt: skip
        case "form_1099":
            return {
                "variant": ("1099-INT", "1 Interest income", "interest_income"), "tax_year": facts["tax_year"],
                "recipient_name": facts["name"], "recipient_tin": facts["ssn"], "recipient_address": facts["address"],
                "payer_name": about["bank"], "payer_tin": about["bank_ein"], "amount": facts["interest"],
            }  # fmt: skip
        case "pay_slip":
            return {
                "employer_name": job["employer_name"], "employer_address": job["street"], "employee_name": facts["name"],
                "employee_address": facts["address"], "date_of_birth": facts["date_of_birth"], "gross_pay": job["gross"],
                "pay_date": f"{about['tax_year']}-12-28",
            }  # fmt: skip
        case "bank_statement":
            return {
                "bank_name": about["bank"], "account_holder": facts["name"], "account_holder_address": facts["address"], "month": 12,
                "account_number": facts["account_number"], "tax_year": about["tax_year"], "interest": facts["interest"], "movements": 24,
            }  # fmt: skip
        case "invoice":
            return {
                "customer_name": facts["name"], "customer_address": facts["address"], "issue_date": facts["invoice_date"],
                "invoice_id": about["invoice_id"], "rows": 7,
            }  # fmt: skip
    return {
        "customer_name": facts["name"],
        "date": f"{about['tax_year']}-{1 + plan['draw'] % 12:02}-{1 + plan['draw'] % 28:02}",
    }


def _written(folder: Path, stem: str, plan: dict[str, Any], seed: int) -> Path:
    if plan["form"] == "eml":
        path = folder / f"{stem}.eml"
        path.write_bytes(_message(plan, seed))
        return path
    if plan["form"] == "mp3":
        return _note(folder, stem, plan, seed)
    paper = draw_paper(plan["kind"], plan["layout"], plan["draw"], _paper_facts(plan))
    plan["fields"] = paper.fields
    if plan["form"] == "pdf":
        return make_packet(folder / f"{stem}.pdf", [paper])
    with tempfile.TemporaryDirectory() as scratch:
        pages = page_pictures(make_packet(Path(scratch) / "paper.pdf", [paper]))
    seen: Callable[..., Any] = scanned if plan["form"] == "scan" else photographed
    path = folder / f"{stem}.jpg"
    seen(trimmed(pages[0]), seed).save(path, quality=62)
    return path


def _copied(folder: Path, plan: dict[str, Any], seed: int) -> Copy:
    """The same paper again, as a picture."""
    of: str = plan["file"].path
    lot = random.Random(f"{seed} {of}")
    seen: Callable[..., Any] = lot.choice((scanned, photographed))
    pages = page_pictures(folder / of)
    path = of.removesuffix(".pdf") + "-again.jpg"
    seen(trimmed(pages[0]), lot.randrange(10**6)).save(folder / path, quality=62)
    return Copy(person=plan["person"], path=path, of=of)


def _spoken_date(iso: str) -> str:
    day = datetime.date.fromisoformat(iso)
    return f"{day:%B} {day.day}, {day.year}"


def _sentences(plan: dict[str, Any], lot: random.Random) -> list[str]:
    facts, about = plan["facts"], plan["about"]
    out = []
    for name, ways in _SAID.items():
        if name in facts:
            value = facts[name]
            shown = _spoken_date(value) if name in _DATES else amount(value) if isinstance(value, float) else str(value)
            known = {"invoice_id": about["invoice_id"], "employer_name": facts.get("employer_name", "")}
            out.append(lot.choice(ways).format(shown.replace("\n", ", "), **known))
    return out


def _message(plan: dict[str, Any], seed: int) -> bytes:
    lot, name = random.Random(seed), plan["facts"]["name"]
    message = EmailMessage(policy=SMTP)
    box = name.lower().replace(" ", ".")
    message["From"] = f"{name} <{box}@post.example>"
    message["To"] = "Ms. Keller <office@keller-tax.example>"
    message["Subject"] = f"My papers for {plan['facts']['tax_year']}"
    message["Date"] = f"Tue, 11 Mar {plan['facts']['tax_year'] + 1} 09:15:00 -0500"
    message["Message-ID"] = f"<{seed}@post.example>"
    facts = "\n".join(_sentences(plan, lot))
    message.set_content(lot.choice(_LETTERS).format(tax_year=plan["facts"]["tax_year"], name=name, facts=facts))
    return message.as_bytes()


def _note(folder: Path, stem: str, plan: dict[str, Any], seed: int) -> Path:
    """An MP3 of 16 kHz, or the transcript where nothing can speak."""
    lot = random.Random(seed)
    said = [
        "Hello, Ms. Keller.",
        f"This is {plan['facts']['name']}.",
        *_sentences(plan, lot),
        "Thank you. Goodbye.",
    ]
    if not can_speak():
        path = folder / f"{stem}.vtt"
        cues = [f"00:00:{4 * at:02}.000 --> 00:00:{4 * at + 4:02}.000\n{each}\n" for at, each in enumerate(said)]
        path.write_text("WEBVTT\n\n" + "\n".join(cues), "utf-8")
        return path
    return voice_note(" ".join(said), folder / f"{stem}.mp3")


def _summed(plans: list[dict[str, Any]]) -> Person:
    about = plans[0]["about"]
    stated = {fact for plan in plans for fact in plan["facts"]}
    of = {kind: [plan["fields"] for plan in plans if plan["kind"] == kind] for kind in _NAMES}
    return Person(
        name=about["name"],
        ssn=about["ssn"],
        address=about["address"].replace("\n", ", "),
        date_of_birth=about["date_of_birth"] if "date_of_birth" in stated else None,
        employers=[fields["employer_name"] for fields in of["w2"]],
        wages_total=round(sum(fields["wages"] for fields in of["w2"]), 2),
        tax_withheld_total=round(sum(fields["federal_income_tax"] for fields in of["w2"] + of["form_1099"]), 2),
        expenses_total=round(sum(fields["total"] for fields in of["receipt"] + of["invoice"]), 2),
        interest=about["interest"] if "interest" in stated else None,
        account_number=about["account_number"] if "account_number" in stated else None,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--together", action="store_true", help="all twelve files in one folder")
    parser.add_argument("--conflicts", type=int, default=2)
    parser.add_argument("--copies", action="store_true", help="every PDF as a picture, too")
    options = parser.parse_args()
    case = make_case(
        options.folder,
        seed=options.seed,
        together=options.together,
        conflicts=options.conflicts,
        copies=options.copies,
    )
    for each in case.conflicts:
        print(f"planted: {case.persons[each.person].name}: {each.fact} {each.values}, wrong in {each.wrong_in}")


if __name__ == "__main__":
    main()
