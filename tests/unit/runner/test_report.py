"""What a run tells of itself at its end."""

from __future__ import annotations

from mmi_cli.datamodel.record import ErrorInfo
from mmi_cli.datamodel.source import SourceFile
from mmi_cli.runner.telling.report import RunReport
from mmi_cli.runner.telling.report_words import in_words
from mmi_cli.runner.work import WorkResult


def report_of(*seconds: float, **more: object) -> RunReport:
    report = RunReport(seconds=10.0, workers=2)
    for index, each in enumerate(seconds):
        result = WorkResult(
            seconds=each, stage_seconds=(("extract", each * 0.75), ("fill", each * 0.25)), modality="document", **more,  # type: ignore[arg-type]
        )  # fmt: skip
        report.count(SourceFile(uri="", path=f"{index:03d}.pdf", size_bytes=500_000), result, seconds_away=each + 0.5)
    return report


def test_the_end_of_a_run_in_a_few_lines() -> None:
    usage = (("pages", 2.0), ("audio_seconds", 90.0), ("model_input_tokens", 900.0), ("model_output_tokens", 100.0))
    report = report_of(8.0, 6.0, usage=usage, counters=(("language_model.seconds", 5.0),))
    report.peaks["worker_memory_bytes"] = 1.5e9
    told = dict(in_words(report))
    assert told["read"] == "1.0 MB, 4 pages, 3.0 min of audio"
    assert told["time"] == "extract 75%, fill 25%, workers busy 70%"
    assert told["model"] == "1,800 tokens in, 200 out, 200 tokens/s"
    assert told["slowest"] == "000.pdf 8.0 s, 001.pdf 6.0 s"
    assert told["memory"].endswith("the largest worker 1,500 MB")


def test_a_run_that_did_nothing_has_nothing_to_tell() -> None:
    assert in_words(RunReport(seconds=2.0, workers=2)) == []


def test_quick_files_and_a_model_that_was_not_asked_are_not_named() -> None:
    assert {title for title, _ in in_words(report_of(0.1, 0.2))} == {"read", "time", "memory"}


def test_the_slowest_are_kept_and_the_rest_forgotten() -> None:
    report = report_of(*(float(n) for n in range(50)))
    assert [path for _, path, _ in report.slowest_first()] == [f"{n:03d}.pdf" for n in range(49, 39, -1)]


def test_the_way_to_a_worker_and_back_is_no_work() -> None:
    assert report_of(3.0, 4.0).handing_over.largest == 0.5


def test_failures_are_counted_by_their_code() -> None:
    error = ErrorInfo(stage="extract", code="corrupt", message="", retryable=False)
    assert report_of(1.0, 1.0, error=error, status="failed").error_codes == {"corrupt": 2}
