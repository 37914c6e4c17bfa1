"""A YAML schema is read with its lines, and everything wrong with it is told at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mmi_cli.errors import UsageError
from mmi_cli.schema_file import load_schema, read_schema_text


def problems_of(text: str) -> list[str]:
    with pytest.raises(UsageError) as caught:
        read_schema_text(text, name="x.yaml")
    return str(caught.value).splitlines()


def test_a_field_has_what_its_yaml_says() -> None:
    schema = read_schema_text(
        "name: invoice\nversion: 1.10\nlocale: en-GB\nmodalities: [document]\nvocabulary: [Contoso]\nunit: folder\nfields:\n"
        "  number: {type: string, pattern: '[A-Z]+-\\d+', examples: [INV-1, 007], aliases: [no, nº], required: true}\n"
        "  colour:\n    type: string\n    kind: inferred\n    enum: [red, off]\n    enum_descriptions: {off: no colour}\n",
        name="x.yaml",
    )
    number, colour = schema.fields
    assert (schema.name, schema.version, schema.locale, schema.unit) == ("invoice", "1.10", "en_GB", "folder")
    assert (schema.modalities, schema.vocabulary) == (("document",), ("Contoso",))
    assert (number.pattern, number.examples, number.aliases) == (r"[A-Z]+-\d+", ("INV-1", "007"), ("no", "nº"))
    assert number.required and number.kind == "extracted"
    assert (colour.kind, colour.enum, colour.enum_descriptions) == ("inferred", ("red", "off"), (("off", "no colour"),))


def test_words_that_yaml_1_1_would_change_stay_words() -> None:
    schema = read_schema_text(
        "fields:\n  country: {enum: [no, yes, on, 1.0, 0x1F, 1_000], examples: [12:30, 2024-01-02, null, ~]}", name="x"
    )
    assert schema.fields[0].enum == ("no", "yes", "on", "1.0", "0x1F", "1_000")
    assert schema.fields[0].examples == ("12:30", "2024-01-02")


def test_every_problem_of_a_file_is_told_with_its_line() -> None:
    found = problems_of(
        "name: x\nversoin: 1\nmodalities: [vidoe]\nlocale: xx_QQ\nfields:\n  a: {type: strng}\n  b: {typ: string}\n"
        "  b: {type: string}\n  c: {type: array}\n  d: {type: number, expression: sum(a.b)}\n"
    )
    assert found == [
        "x.yaml:2: unknown key of a schema 'versoin'; did you mean 'version'?",
        "x.yaml:3: unknown modality 'vidoe'; did you mean 'video'?",
        "x.yaml:4: unknown locale 'xx_QQ'; write one such as en_GB or de_DE",
        "x.yaml:6: unknown type 'strng'; did you mean 'string'?",
        "x.yaml:7: unknown key of a field 'typ'; did you mean 'type'?",
        "x.yaml:8: 'b' stands here a second time (first on line 7)",
        "x.yaml:9: array 'c' needs `items`",
        "x.yaml:10: expression 'sum(a.b)', column 5: unknown field 'a.b'",
    ]


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ("{type: string, items: {type: string}}", "`items` belongs to an array"),
        ("{type: object}", "object 'f' needs `properties`"),
        ("{type: string, properties: {a: string}}", "`properties` belong to an object"),
        ("{type: number, enum: ['1']}", "`enum` belongs to a string"),
        ("{type: array, enum: [a], items: {type: string}}", "`items: {enum: […]}`"),
        ("{enum: [a, b, a]}", "'a' stands twice in the enum"),
        ("{enum: [a], enum_descriptions: {b: x}}", "'b' is not in the enum; known: a"),
        ("{type: number, kind: abstracted}", "only text can be abstracted"),
        ("{type: number, kind: extracted, expression: 1 + 1}", "is computed: `kind: inferred`"),
        ("{type: array, items: {type: string}, expression: 1 + 1}", "of an array it is the name of a list: call.turns"),
        ("{type: number, expression: f + 1}", "unknown field 'f'"),
        ("{pattern: '(a'}", "not a regular expression"),
        ("{pattern: '(a+)+'}", "could run for ever"),
        ("{required: yes please}", "'required' is true or false"),
        ("{aliases: {a: b}}", "'aliases' is a list of texts"),
        ("{description: [a]}", "'description' is a text"),
        ("{$ref: '#/$defs/Item'}", "'#/$defs/Item' is not defined"),
        ("[a, b]", "is described by a mapping"),
        ("!!python/object:os.system {}", "has no meaning in a schema"),
    ],
)
def test_a_wrong_field_is_refused(field: str, problem: str) -> None:
    found = problems_of(f"fields:\n  f: {field}\n")
    assert any(problem in line and line.startswith("x.yaml:2: ") for line in found), found


@pytest.mark.parametrize("name", ["a b", "1st", "a.b", "a[0]", "", "-x"])
def test_a_field_name_that_an_expression_could_not_say_is_refused(name: str) -> None:
    assert "is no field name" in problems_of(f"fields:\n  {name!r}: string\n")[0]


def test_items_and_properties_take_the_kind_of_what_they_stand_in() -> None:
    schema = read_schema_text(
        "fields:\n"
        "  topics: {type: array, kind: abstracted, items: {type: string}}\n"
        "  steps: {type: array, items: {type: string, kind: abstracted}}\n"
        "  rows: {type: array, kind: abstracted, items: {type: object, properties: {a: string, n: number}}}\n",
        name="x",
    )
    kinds = {path: leaf.kind for field in schema.fields for path, leaf in field.leaves()}
    assert kinds == {
        "topics[]": "abstracted",
        "steps[]": "abstracted",
        "rows[].a": "abstracted",
        "rows[].n": "inferred",
    }
    assert [field.kind for field in schema.fields] == ["abstracted", "abstracted", "abstracted"]


def test_a_definition_is_used_by_reference_and_may_be_described_anew() -> None:
    schema = read_schema_text(
        "$defs: {Money: {type: number, description: An amount.}}\n"
        "fields:\n  net: {$ref: '#/$defs/Money'}\n  tax: {$ref: '#/$defs/Money', description: Tax., aliases: [VAT]}\n",
        name="x",
    )
    assert [(field.type, field.description, field.aliases) for field in schema.fields] == [
        ("number", "An amount.", ()),
        ("number", "Tax.", ("VAT",)),
    ]


def test_a_definition_that_contains_itself_is_refused() -> None:
    found = problems_of(
        "definitions:\n  Node: {type: object, properties: {next: {$ref: '#/definitions/Node'}}}\n"
        "fields:\n  a: {$ref: '#/definitions/Node'}\n"
    )
    assert found == ["x.yaml:2: '#/definitions/Node' contains itself"]


def test_an_expression_in_a_row_may_read_its_row_and_the_record() -> None:
    row = "type: object, properties: {quantity: number, price: number, amount: {type: number, expression: "
    text = f"fields:\n  rate: number\n  lines: {{type: array, items: {{{row}'%s'}}}}}}}}\n"
    read_schema_text(text % "quantity * price * rate", name="x")
    assert "unknown field 'prize'" in problems_of(text % "quantity * prize")[0]


def test_expressions_that_need_each_other_are_refused() -> None:
    found = problems_of(
        "fields:\n  a: {type: number, expression: b}\n  b: {type: number, expression: a + c}\n  c: number\n"
    )
    assert found == ["x.yaml:2: the expressions of a, b need each other; break the circle"]


def test_checks_may_be_plain_texts() -> None:
    schema = read_schema_text("fields: {a: number}\nchecks: [a > 0, {expression: a < 9, message: small}]", name="x")
    assert [(check.expression, check.message) for check in schema.checks] == [("a > 0", ""), ("a < 9", "small")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "needs `fields`"),
        ("- a\n- b", "a schema is a mapping"),
        ("fields: [a]", "'fields' is a mapping"),
        ("fields: {a: string}\nsplit: true", "`split` needs `categories`"),
        ("fields: {a: string}\nchecks: [{message: x}]", "a check is"),
        ("fields: {a: string", "not YAML"),
        ("name: 'a b'\nfields: {a: string}", "is no name"),
        ("fields: {a: string}\n---\nfields: {b: string}", "not YAML"),
        ("fields: {a: &a [*a]}", "contains itself"),
        ("base: &b {a: string}\nfields: {<<: *b}", "merge keys"),
    ],
)
def test_a_document_that_is_no_schema_is_refused(text: str, problem: str) -> None:
    assert problem in "\n".join(problems_of(text))


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    levels = "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    started = time.monotonic()
    found = problems_of("a0: &a0 [x]\n" + levels)
    assert "aliases expand without end" in found[0]
    assert time.monotonic() - started < 5


def test_nesting_without_end_and_huge_files_are_refused(tmp_path: Path) -> None:
    assert "not YAML" in problems_of("[" * 50_000)[0]
    assert "too many for a schema" in problems_of("# " + "x" * 600_000)[0]
    deep = "{type: object, properties: {a: " * 20 + "string" + "}}" * 20
    assert "nested deeper than 12" in problems_of(f"fields: {{f: {deep}}}")[0]
    many = "fields:\n" + "".join(f"  f{n}: string\n" for n in range(1001))
    assert problems_of(many) == ["x.yaml:1002: more than 1,000 fields"]


def test_a_missing_file_a_folder_and_binary_are_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_bytes(b"\xff\xfe\x00")
    for name, problem in (("a.yaml", "No such file"), ("", "Is a directory"), ("b.yaml", "not UTF-8")):
        with pytest.raises(UsageError, match=problem):
            load_schema(f"{tmp_path}/{name}")


def test_what_a_schema_refers_to_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "labels.jsonl").write_text("")
    (tmp_path / "a.yaml").write_text("fields: {a: string}\nlabelled: labels.jsonl")
    assert load_schema(str(tmp_path / "a.yaml")).labelled == str(tmp_path / "labels.jsonl")
    (tmp_path / "b.yaml").write_text("fields: {a: string}\nlabelled: nothing.jsonl")
    with pytest.raises(UsageError, match=r"b.yaml:2: there is no file"):
        load_schema(str(tmp_path / "b.yaml"))


def test_a_router_finds_and_checks_the_schemas_of_its_categories(tmp_path: Path) -> None:
    (tmp_path / "order.yaml").write_text("fields: {a: string}")
    router = tmp_path / "router.yaml"
    router.write_text(
        "categories:\n  order: {description: An order., schema: order.yaml}\n  bill: {description: A bill., schema: invoice}\n"
        "split: true\n"
    )
    schema = load_schema(str(router))
    assert [(each.name, each.schema) for each in schema.categories] == [
        ("order", str(tmp_path / "order.yaml")),
        ("bill", "invoice"),
    ]
    before = schema.digest
    (tmp_path / "order.yaml").write_text("fields: {b: string}")
    assert load_schema(str(router)).digest != before
    router.write_text(
        "categories:\n  a: {description: x, schema: router.yaml}\n  b: {description: x, schema: invoce}\n"
    )
    with pytest.raises(UsageError) as caught:
        load_schema(str(router))
    assert "router.yaml:2: category 'a' is a router itself" in str(caught.value)
    assert "router.yaml:3: the schema of category 'b': there is no file" in str(caught.value)
