"""`mmi schema`: begin, check, show and convert schemas; no file but the schema is opened."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import StorageDown, UsageError
from .schema_infer import infer

if TYPE_CHECKING:
    from ..datamodel.schema import Schema

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Schemas: what to fill. `mmi schema list` names the built-in ones.",
)

Ref = Annotated[
    str, typer.Argument(metavar="S", show_default=False, help="A YAML or JSON file, a built-in name, or one line.")
]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it; default stdout.")
]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]


class Form(StrEnum):
    """What `mmi schema export` writes."""

    CONTENT_UNDERSTANDING = "content-understanding"
    JSON_SCHEMA = "json-schema"
    PYDANTIC = "pydantic"
    DOCUMENT_INTELLIGENCE = "document-intelligence"


@app.callback()
def _group() -> None: ...


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the schema is called.")] = "my-schema",
    from_: Annotated[
        str | None, typer.Option("--from", metavar="NAME", help="Begin with a copy of a built-in schema.")
    ] = None,
    output: Output = None,
    force: Force = False,
) -> None:
    """A commented schema to change.

    Example: mmi schema new orders --from invoice -o orders.yaml
    """
    from ..schema_file import new_schema_text, read_schema_text

    text = new_schema_text(name, built_in=from_)
    read_schema_text(text, name=f"schema {name!r}")  # refuses a name that cannot be
    write_schema(text, output, force=force)


app.command()(infer)


@app.command()
def validate(
    files: Annotated[list[str], typer.Argument(metavar="S...", show_default=False, help="Schemas to check.")],
) -> None:
    """Checks schemas: every error with its file and line.

    Example: mmi schema validate schemas/*.yaml
    """
    from ..console import printable
    from ..schema_file import load_schema

    problems = []
    for ref in files:
        try:
            schema = load_schema(ref)
        except UsageError as error:
            problems.append(str(error))
            continue
        sys.stdout.write(printable(f"{ref}: ok, {_size(schema)}") + "\n")
    if problems:
        raise UsageError("\n".join(problems))


@app.command()
def show(
    schema: Ref,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object with the digest.")] = False,
) -> None:
    """A schema as it is understood: defaults filled in, references followed.

    Example: mmi schema show 'total number!, items[] {name, price number}'
    """
    from ..schema_file import load_schema, to_mapping, to_yaml

    loaded = load_schema(schema)
    if as_json:
        sys.stdout.write(json.dumps({**to_mapping(loaded), "digest": loaded.digest}, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(f"# {_size(loaded)}, digest {loaded.digest}\n{to_yaml(loaded)}")


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False) -> None:
    """The built-in schemas.

    Example: mmi schema list
    """
    from ..schema_file import built_in_names, load_schema

    for name in built_in_names():
        schema = load_schema(name)
        if as_json:
            row: dict[str, object] = {
                "name": name,
                "description": schema.description,
                "modalities": schema.modalities or None,
            }
            fields = [field.name for field in schema.fields]
            if schema.categories:
                row["categories"] = [category.name for category in schema.categories]
            sys.stdout.write(json.dumps({**row, "fields": fields, "digest": schema.digest}) + "\n")
        else:
            sys.stdout.write(f"{name:<18}{schema.description}\n")


@app.command("import")
def import_(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE|CLASS",
            show_default=False,
            help="Analyzer JSON, field list, JSON Schema or template; or package.module:Class, whose module is imported.",
        ),
    ],
    output: Output = None,
    force: Force = False,
) -> None:
    """Another format → YAML: analyzers, field lists, JSON Schema, Pydantic classes, invoice2data templates.

    Example: mmi schema import analyzer.json -o invoice.yaml
    """
    from ..schema_file import import_schema, to_yaml

    if not Path(source).is_file() and (Path(source).suffix.lower() in (".json", ".yaml", ".yml") or "/" in source):
        raise UsageError(f"{source}: no such file")
    schema, notes = import_schema(source)
    for note in notes:
        sys.stderr.write(f"mmi: {note}\n")
    write_schema(to_yaml(schema), output, force=force)


@app.command()
def export(
    schema: Ref,
    to: Annotated[Form, typer.Option("--to", help="What to write.")] = Form.JSON_SCHEMA,
    output: Output = None,
    force: Force = False,
) -> None:
    """A schema → JSON Schema, a Pydantic class, analyzer JSON, or a field list.

    Example: mmi schema export invoice --to content-understanding -o analyzer.json
    """
    from ..schema_file import load_schema, to_analyzer, to_field_list, to_json_schema, to_python_source

    loaded = load_schema(schema)
    unsaid: tuple[str, ...] = ()
    match to:
        case Form.PYDANTIC:
            write_schema(to_python_source(loaded), output, force=force)
            return
        case Form.JSON_SCHEMA:
            out = to_json_schema(loaded)
        case Form.CONTENT_UNDERSTANDING:
            out, unsaid = to_analyzer(loaded)
        case Form.DOCUMENT_INTELLIGENCE:
            out, unsaid = to_field_list(loaded)
    if unsaid:
        what = "an analyzer" if to is Form.CONTENT_UNDERSTANDING else "a field list"
        sys.stderr.write(f"mmi: {what} has no word for these, which were left out: {', '.join(unsaid)}\n")
    write_schema(json.dumps(out, indent=2, ensure_ascii=False) + "\n", output, force=force)


def write_schema(text: str, output: Path | None, *, force: bool) -> None:
    """To a file, or to stdout.

    Raises:
        UsageError: the file is there already.
        StorageDown: it cannot be written.
    """
    if output is None:
        sys.stdout.write(text)
        return
    if output.exists() and not force:
        raise UsageError(f"{output} is there already; --force writes over it")
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        raise StorageDown(f"cannot write {output}: {error.strerror}") from error


def _size(schema: Schema) -> str:
    if schema.categories:
        return f"{len(schema.categories)} categories"
    leaves = sum(1 for field in schema.fields for _ in field.leaves())
    checks = f", {len(schema.checks)} check{'s' * (len(schema.checks) > 1)}" if schema.checks else ""
    return f"{leaves} field{'s' * (leaves > 1)}{checks}"
