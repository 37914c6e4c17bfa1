"""`mmi` from Python: one file, or a whole run, in three lines.

    from mmi_cli import extract, run

    total = extract("receipt.jpg", "receipt").values["total"]
    for record in run("receipts/", "receipt", output="out"):
        print(record["source"]["path"], record["fields"]["total"]["value"])

Settings are given by name, as in `mmi.yaml` (`language_model="none"`); `MMI_*` and `mmi.yaml` count as they do on the command line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .datamodel.record import FileRecord, plain_value
from .errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from .datamodel.content import Content
    from .runner.telling.report import RunReport


def extract(file: str | Path, schema: str, **settings: Any) -> FileRecord:
    """One file filled by one schema, in this process.

    Args:
        file: a path, or the address of a blob.
        schema: a file, a built-in name or a one-line form, as `--schema` takes it.
        settings: any of `docs/settings.md`.

    Raises:
        UsageError: a wrong schema or setting, or several records (an archive, a packet): take `extract_all`.
        RunError: no such file, or storage is down.
    """
    records = extract_all(file, schema, **settings)
    if len(records) != 1:
        raise UsageError(f"{file} gives {len(records)} records; take extract_all")
    return records[0]


def extract_all(file: str | Path, *schemas: str, **settings: Any) -> list[FileRecord]:
    """Every record of one file: one a schema, one a paper of a packet, one a member of an archive.

    Raises:
        UsageError: a wrong schema or setting.
        RunError: no such file, or storage is down.
    """
    from .cli.labelled import load_labelled
    from .cli.one_file import filled
    from .cli.options import load_schemas, settings_from

    chosen = settings_from(config=None, assignments=None, **settings)
    loaded = load_schemas([str(schema) for schema in schemas])
    if not loaded:
        raise UsageError("a file is filled by a schema: extract_all(file, 'receipt')")
    return list(filled(str(file), loaded, chosen, load_labelled(loaded, None)))


def read(file: str | Path, **settings: Any) -> Content:
    """What stands in a file, without a schema: words with places, blocks, tables, figures.

    Raises:
        UsageError: a wrong setting, or a file that cannot be read; the message says why.
        RunError: no such file, or storage is down.
    """
    from .cli.one_file import open_file
    from .cli.options import settings_from

    pipeline, source = open_file(str(file), (), settings_from(config=None, assignments=None, **settings))
    content, why = pipeline.read_file(source)
    if content is None:
        raise UsageError(f"{file}: {why}")
    return content


@dataclass(frozen=True, slots=True)
class Results:
    """What a run wrote, and what it did."""

    path: Path
    """`results.jsonl`."""
    report: RunReport
    """Counts, times and usage; `report.counts` by status."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The records as dicts, in the order of the input paths; read anew each time."""
        with self.path.open(encoding="utf-8") as stream:
            for line in stream:
                yield json.loads(line)

    def __len__(self) -> int:
        return sum(self.report.counts.values())

    def rows(self) -> Iterator[dict[str, Any]]:
        """One flat row a record: path, schema, status, and each value by its name (lists and objects as they are)."""
        for record in self:
            yield {
                "path": record["source"]["path"],
                "schema": record["schema"]["name"],
                "status": record["status"],
                **{name: plain_value(value) for name, value in record["fields"].items()},
            }

    def to_pandas(self) -> pd.DataFrame:
        """The rows as a table; needs pandas."""
        import pandas as pd

        return pd.DataFrame(list(self.rows()))


def run(
    inputs: str | Path | Sequence[str | Path],
    *schemas: str,
    output: str | Path,
    fresh: bool = False,
    content: bool = False,
    **settings: Any,
) -> Results:
    """The main job: every file of the inputs, by worker processes, resumable; what an earlier run on this output did is not done again.

    Args:
        inputs: a file, folder, glob or blob address, or several.
        output: a local folder.
        fresh: forget what an earlier run on this output did.
        content: write what was read beside the results.

    Raises:
        UsageError: a wrong schema, setting or input.
        RunError: storage is down, another run holds the output, or a required engine is missing.
    """
    from .cli.labelled import labelled_cache, load_labelled
    from .cli.options import load_schemas, settings_from
    from .retry import Patience
    from .runner.observer import SilentObserver
    from .runner.output import parse_output
    from .runner.plan import RunPlan
    from .runner.run import execute
    from .storage.addresses import is_remote, open_source

    given = [inputs] if isinstance(inputs, str | Path) else list(inputs)
    if is_remote(str(output)) or str(output) == "-" or str(output).endswith(".jsonl"):
        raise UsageError(f"output {output}: a local folder is meant; `mmi run` writes to blobs, files and pipes")
    chosen = settings_from(config=None, assignments=None, **settings)
    loaded = load_schemas([str(schema) for schema in schemas])
    if not loaded:
        raise UsageError("a run needs a schema: run('receipts/', 'receipt', output='out')")
    names = [str(each) for each in given]
    patience = Patience(attempts=chosen.retry_attempts)
    cache = Path.home() / ".cache" / "mmi" / "runs"
    plan = RunPlan(
        inputs=tuple(names),
        source=open_source(names, patience=patience),
        schemas=loaded,
        settings=chosen,
        output=parse_output(str(output), cache=cache, patience=patience),
        fresh=fresh,
        with_content=content,
        labelled=load_labelled(loaded, None),
        cache=labelled_cache(),
    )
    report = execute(plan, SilentObserver())
    return Results(Path(output) / "results.jsonl", report)
