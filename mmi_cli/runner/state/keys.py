"""What a finished record depends on, told so that changing one thing does again what it touched, and only that.

A record carries a mark: what decides it whatever is in the file (schema, lessons, calibration, general settings, version of the
program), the engines it asked and the formats it met, each by its identity, and the limits it was read under. A later run takes the
record when all of that is as it would be now; an engine that was not asked may be any.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from ... import __version__
from ...caches.deciding import CLOCKS, OF_ENGINE, OF_FORMAT, OF_THE_RUN, clock_values, general_settings, limit_values
from ...caches.identities import detection_identity, format_role, hash_of, identity, library_versions
from ...datamodel.schema import Schema
from ...fill.recalibration import Recalibration
from ...schema_file.vocabulary import words_to_expect
from ...settings import Settings


@dataclass(frozen=True, slots=True)
class SchemaKey:
    """A schema of a run, by its name and by the hash of what decides its records besides the file and the engines."""

    name: str
    general: str


@dataclass(slots=True, kw_only=True)
class RunKeys:
    """All that decides the records of a run besides its files."""

    schemas: tuple[SchemaKey, ...]
    settings: Settings
    vocabulary: tuple[str, ...] = ()
    with_content: bool = False
    """What was read is to be there, too."""
    with_service_results: bool = False
    """And so are results in the shape of Content Understanding's AnalyzeResult."""
    _identities: dict[str, str] = field(default_factory=dict)
    _marks: dict[tuple[int, tuple[str, ...] | None, bool], str] = field(default_factory=dict)

    def identity(self, role: str) -> str:
        """Of an engine or a format, as it is now."""
        if role not in self._identities:
            self._identities[role] = identity(role, self.settings, vocabulary=self.vocabulary)
        return self._identities[role]

    def of_shards(self) -> tuple[str, ...]:
        """One a schema: all that decides a record, whatever it touches. Parts of one run have the same."""
        roles = (*OF_ENGINE, *map(format_role, OF_FORMAT))
        common = [{role: self.identity(role) for role in roles}, library_versions(), limit_values(self.settings)]
        return tuple(f"{key.name}:{hash_of(key.general, common)}" for key in self.schemas)

    @property
    def unpacking(self) -> str:
        """Hash of what decides which members an archive has."""
        return hash_of(limit_values(self.settings), self.settings.passwords, detection_identity(), __version__)

    def mark(self, schema_index: int, touched: Sequence[str] | None, *, passed_a_limit: bool) -> str:
        """What a record of this run depends on.

        Args:
            touched: engines that were asked and formats that were met; None: not known, then every engine counts.
        """
        asked = (schema_index, None if touched is None else tuple(touched), passed_a_limit)
        if asked not in self._marks:  # a run has a handful, and asks for one at every file
            self._marks[asked] = self._mark(schema_index, touched, passed_a_limit=passed_a_limit)
        return self._marks[asked]

    def _mark(self, schema_index: int, touched: Sequence[str] | None, *, passed_a_limit: bool) -> str:
        roles = sorted(OF_ENGINE if touched is None else touched)
        value: dict[str, object] = {
            "schema": self.schemas[schema_index].name,
            "general": self.schemas[schema_index].general,
            "touched": {role: self.identity(role) for role in roles},
            "limits": limit_values(self.settings),
        }
        if self.with_content:
            value["content"] = True
        if self.with_service_results:
            value["service_results"] = True
        if passed_a_limit:
            value["clocks"] = clock_values(self.settings)
        return json.dumps(value, sort_keys=True)

    def accepts(self, mark: str) -> int | None:
        """Index of the schema whose records of this mark are what this run would make; None: of none."""
        try:
            value = json.loads(mark)
            key = SchemaKey(value["schema"], value["general"])
            touched, limits, clocks = value["touched"], value["limits"], value.get("clocks")
        except (ValueError, KeyError, TypeError):
            return None
        if self.with_content and not value.get("content"):
            return None
        if self.with_service_results and not value.get("service_results"):
            return None
        if key not in self.schemas or any(self.identity(role) != was for role, was in touched.items()):
            return None
        now = limit_values(self.settings)
        if clocks is not None:
            is_same = limits == now and clocks == clock_values(self.settings)
        else:
            is_same = limits.keys() == now.keys() and all(now[name] >= was for name, was in limits.items())
        return self.schemas.index(key) if is_same else None


def run_keys(
    schemas: Sequence[Schema],
    settings: Settings,
    calibration: Recalibration | None = None,
    lessons_digests: Sequence[str] = (),
    *,
    with_content: bool = False,
    with_service_results: bool = False,
) -> RunKeys:
    """The keys of a run. Of a calibration what it does counts, not where it lies; of labelled files their bytes and their labels."""
    general = general_settings(settings)
    general["calibration"] = calibration.digest if calibration is not None else None
    return RunKeys(
        schemas=tuple(
            SchemaKey(schema.name, hash_of(schema.digest, general, lessons, detection_identity(), __version__))
            for schema, lessons in zip(schemas, lessons_digests or ("",) * len(schemas), strict=True)
        ),
        settings=settings,
        vocabulary=words_to_expect(schemas),
        with_content=with_content,
        with_service_results=with_service_results,
    )


def decides_values(setting: str) -> bool:
    """Whether another value of a setting may give other records."""
    return setting not in OF_THE_RUN | CLOCKS
