"""The edges of a run: full disks, read-only and vanished folders, odd clocks, signals, closed streams, no home, strange users."""

from __future__ import annotations

import json
import os
import pwd
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import COMMAND, WORKERS, environment

SCHEMA = "total number, date date"
IS_ROOT = os.geteuid() == 0
FILES = 16


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    for number in range(FILES):
        (made / f"{number:03}.txt").write_text(
            f"Receipt {number}\nDate: 2026-03-{number % 28 + 1:02}\nTotal: {number}.50\n" * 3
        )
    return made


def run(
    folder: Path,
    output: Path | str,
    *more: str,
    env: dict[str, str] | None = None,
    before: Callable[[], Any] | None = None,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "run", str(folder), "-s", SCHEMA, "-o", str(output), *more],
        env=environment(env), capture_output=True, text=True, timeout=120, preexec_fn=before,
    )  # fmt: skip


@pytest.fixture
def undisturbed(folder: Path, tmp_path: Path) -> bytes:
    assert run(folder, tmp_path / "undisturbed").returncode == 0
    return (tmp_path / "undisturbed" / "results.jsonl").read_bytes()


# --- a full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"may not mount a small file system here: {mounted.stderr.decode().strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize(
    ("free_kb", "more"), [(0, ()), (120, ()), (180, ("--content",)), (220, ()), (260, ("--content",))]
)
def test_a_full_disk_is_told_and_the_run_goes_on_where_it_was_once_there_is_room(
    free_kb: int, more: tuple[str, ...], folder: Path, small_disk: Path, undisturbed: bytes
) -> None:
    filler = small_disk / "filler"
    filler.write_bytes(bytes((2048 - free_kb - 4) * 1024))
    ran = run(folder, small_disk / "out", *more)
    results = small_disk / "out" / "results.jsonl"
    if ran.returncode != 0:  # how much is enough depends on the database
        assert ran.returncode == 4, ran.stderr
        assert "Traceback" not in ran.stderr and "internal error" not in ran.stderr
        assert "No space left" in ran.stderr or "full" in ran.stderr
        assert not results.exists()
    assert ran.returncode == 4 or free_kb > 60
    filler.unlink()
    again = run(folder, small_disk / "out", *more)
    assert again.returncode == 0, again.stderr
    assert results.read_bytes() == undisturbed
    assert not list(small_disk.rglob("*.partial"))


@pytest.mark.parametrize("limit", [3_000, 70_000])
def test_a_file_that_may_not_grow_is_like_a_full_disk(
    limit: int, folder: Path, tmp_path: Path, undisturbed: bytes
) -> None:
    ran = run(folder, tmp_path / "out", before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert ran.returncode == 4, ran.stderr
    assert "Traceback" not in ran.stderr and "internal error" not in ran.stderr
    assert run(folder, tmp_path / "out").returncode == 0
    assert (tmp_path / "out" / "results.jsonl").read_bytes() == undisturbed


def test_results_that_do_not_fit_leave_the_old_ones_whole(folder: Path, tmp_path: Path, undisturbed: bytes) -> None:
    out = tmp_path / "out"
    assert run(folder, out, "--include", "00*").returncode == 0
    before = (out / "results.jsonl").read_bytes()
    assert run(folder, tmp_path / "all").returncode == 0
    shutil.rmtree(out / ".mmi")
    shutil.copytree(tmp_path / "all" / ".mmi", out / ".mmi")
    size = len(undisturbed) // 2
    ran = run(folder, out, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
    assert ran.returncode == 4
    assert (out / "results.jsonl").read_bytes() == before
    assert run(folder, out).returncode == 0
    assert (out / "results.jsonl").read_bytes() == undisturbed


# --- places that may not be written, or go away


@pytest.mark.parametrize("output", ["out", "r.jsonl"])
def test_an_output_that_is_read_only_is_refused_before_work(output: str, folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "locked"
    place.mkdir()
    if IS_ROOT:
        command = ["mount", "-t", "tmpfs", "-o", "ro,size=64k", "tmpfs", str(place)]
        if subprocess.run(command, capture_output=True).returncode:
            pytest.skip("root may write anywhere, and may not mount a read-only file system here")
    else:
        place.chmod(0o555)
    try:
        ran = run(folder, place / output, "--log-format", "json")
    finally:
        if IS_ROOT:
            subprocess.run(["umount", str(place)], check=True)
    assert ran.returncode == 4
    told = [json.loads(line) for line in ran.stderr.splitlines()]
    assert [each["event"] for each in told] == ["start", "error", "end"]
    assert "cannot write to" in told[1]["message"] and str(place) in told[1]["message"]


def wait_for_a_record(out: Path, process: subprocess.Popen[Any]) -> None:
    journal = out / ".mmi" / "journal.jsonl"
    until_s = time.monotonic() + 60
    while time.monotonic() < until_s and process.poll() is None:
        if journal.exists() and journal.stat().st_size > 2_000:
            return
        time.sleep(0.005)


def begun(folder: Path, out: Path, *more: str, copies: int = 10) -> subprocess.Popen[Any]:
    """A run that is under way and has much to do."""
    for path in sorted(folder.iterdir()):
        for number in range(copies):
            (folder / f"{path.stem}-{number}.txt").write_text(path.read_text() * 3)
    process = subprocess.Popen(
        [*COMMAND, "run", str(folder), "-s", SCHEMA, "-o", str(out), *more],
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_for_a_record(out, process)
    return process


def test_an_output_that_is_removed_during_the_run_ends_it_and_the_next_one_begins_anew(
    folder: Path, tmp_path: Path
) -> None:
    process = begun(folder, tmp_path / "out")
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 4, err
    assert "removed" in err and "Traceback" not in err
    assert run(folder, tmp_path / "out").returncode == 0
    assert len((tmp_path / "out" / "results.jsonl").read_text().splitlines()) == 11 * FILES


# --- signals


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_a_run_politely_and_the_same_command_goes_on(
    number: int, code: int, folder: Path, tmp_path: Path
) -> None:
    process = begun(folder, tmp_path / "out")
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert "the same command goes on" in err and "Traceback" not in err
    assert not (tmp_path / "out" / "results.jsonl").exists()
    assert run(folder, tmp_path / "out").returncode == 0
    assert run(folder, tmp_path / "fresh").returncode == 0
    assert (tmp_path / "out" / "results.jsonl").read_bytes() == (tmp_path / "fresh" / "results.jsonl").read_bytes()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_second_signal_ends_it_at_once_and_loses_nothing(
    number: int, code: int, folder: Path, tmp_path: Path
) -> None:
    process = begun(folder, tmp_path / "out")
    for _ in range(2):
        process.send_signal(number)
        time.sleep(0.02)
    _, err = process.communicate(timeout=30)
    assert process.returncode in (
        code,
        -number,
    )  # killed outright where it had ended politely already: 143 for a shell, too
    assert "Traceback" not in err
    assert run(folder, tmp_path / "out").returncode == 0
    assert len((tmp_path / "out" / "results.jsonl").read_text().splitlines()) == 11 * FILES


def test_nohup_is_kept_to(folder: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "run", str(folder), "-s", SCHEMA, "-o", str(tmp_path / "out")],
        env=environment(), stderr=subprocess.DEVNULL, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )  # fmt: skip
    wait_for_a_record(tmp_path / "out", process)
    process.send_signal(signal.SIGHUP)
    assert process.wait(timeout=60) == 0


def test_whoever_reads_only_the_first_record_ends_the_run_in_silence(folder: Path) -> None:
    command = f'{sys.executable} -m mmi_cli run "$IN" -s "{SCHEMA}" -o - | head -n 1; echo "${{PIPESTATUS[0]}}"'
    ran = subprocess.run(
        ["bash", "-c", command], env=environment({"IN": str(folder)}), capture_output=True, text=True, timeout=60
    )
    first, code = ran.stdout.splitlines()
    assert json.loads(first)["source"]["path"] == "000.txt"
    assert code == "0" and "Traceback" not in ran.stderr and "Broken" not in ran.stderr


# --- the surroundings


@pytest.mark.parametrize("env", [{}, WORKERS])
def test_with_stdin_closed_no_terminal_and_the_plainest_locale_the_bytes_are_the_same(
    env: dict[str, str], folder: Path, tmp_path: Path
) -> None:
    (folder / "naïve 日本.txt").write_text("Total: 4.00\n", "utf-8")
    assert run(folder, tmp_path / "plain").returncode == 0
    surroundings = {"LC_ALL": "C", "LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "TERM": "dumb", **env}

    def before() -> None:
        os.close(0)
        os.setsid()

    ran = run(folder, tmp_path / "bare", env=surroundings, before=before)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "plain" / "results.jsonl").read_bytes() == (tmp_path / "bare" / "results.jsonl").read_bytes()


@pytest.mark.parametrize("umask", [0o077, 0o022])
def test_files_are_made_with_the_rights_that_the_umask_leaves(umask: int, folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    assert (
        run(folder, tmp_path / "out", "--content", "--log-file", str(log), before=lambda: os.umask(umask)).returncode
        == 0
    )
    made = [log, *(path for path in (tmp_path / "out").rglob("*"))]
    assert not [path for path in made if stat.S_IMODE(path.stat().st_mode) & umask]
    assert stat.S_IMODE((tmp_path / "out" / "results.jsonl").stat().st_mode) == 0o666 & ~umask


CLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>
static long jump(void) { static long n; return (n++ % 2 ? 1 : -1) * 400L * 86400L; }
int clock_gettime(clockid_t id, struct timespec *t) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int r = real(id, t);
    if (id == CLOCK_REALTIME) t->tv_sec += jump();
    return r;
}
time_t time(time_t *out) { struct timespec t; clock_gettime(CLOCK_REALTIME, &t); if (out) *out = t.tv_sec; return t.tv_sec; }
int gettimeofday(struct timeval *tv, void *tz) {
    struct timespec t; clock_gettime(CLOCK_REALTIME, &t); tv->tv_sec = t.tv_sec; tv->tv_usec = t.tv_nsec / 1000; return 0;
}
"""


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler to make a clock that jumps")
@pytest.mark.parametrize("env", [{}, WORKERS])
def test_a_clock_that_jumps_by_years_at_every_look_changes_nothing(
    env: dict[str, str], folder: Path, tmp_path: Path, undisturbed: bytes
) -> None:
    source, library = tmp_path / "clock.c", tmp_path / "clock.so"
    source.write_text(CLOCK)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    jumping = {**environment({"LD_PRELOAD": str(library)})}
    look = "import time; a, b = time.time(), time.time(); print(abs(a - b) > 1e7)"
    told = subprocess.run([sys.executable, "-c", look], env=jumping, capture_output=True, text=True)
    assert told.stdout.strip() == "True", "the clock does not jump"
    ran = run(folder, tmp_path / "out", env={**env, "LD_PRELOAD": str(library)})
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "out" / "results.jsonl").read_bytes() == undisturbed
    assert 0 < json.loads((tmp_path / "out" / "summary.json").read_text())["seconds"] < 100
    again = run(folder, tmp_path / "out", env={**env, "LD_PRELOAD": str(library)})
    assert again.returncode == 0
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["files"]["done_now"] == 0


@pytest.fixture
def place_of_nobody() -> Iterator[tuple[Path, Callable[[], None]]]:
    """A folder for a user that the machine has no name for, and how to become that user."""
    if not IS_ROOT:
        pytest.skip("only root can become a user that the machine does not know")
    number = next(each for each in range(54321, 60000) if each not in {entry.pw_uid for entry in pwd.getpwall()})
    place = Path(tempfile.mkdtemp(prefix="mmi-nobody-"))
    os.chown(place, number, number)

    def become() -> None:
        os.setgroups([])
        os.setgid(number)
        os.setuid(number)

    try:
        look = [sys.executable, "-c", "import mmi_cli, typer"]
        can_run = subprocess.run(look, preexec_fn=become, cwd=place, capture_output=True).returncode == 0
    except PermissionError:
        can_run = False
    if not can_run:
        shutil.rmtree(place)
        pytest.skip("another user may not read this checkout or its Python")
    try:
        yield place, become
    finally:
        shutil.rmtree(place)


def test_a_home_that_is_not_there_is_made_up_for(folder: Path, tmp_path: Path) -> None:
    ran = run(folder, "-", env={"HOME": "/nowhere", "TMPDIR": str(tmp_path)})
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.splitlines()) == FILES
    assert stat.S_IMODE((tmp_path / f"mmi-{os.getuid()}").stat().st_mode) == 0o700


@pytest.mark.parametrize(("home", "output"), [(None, "-"), ("/", "-"), ("/nowhere", "out")])
def test_a_user_without_a_name_and_without_a_home_can_run_it(
    home: str | None, output: str, place_of_nobody: tuple[Path, Callable[[], None]]
) -> None:
    place, become = place_of_nobody
    (place / "in").mkdir()
    (place / "in" / "a.txt").write_text("Total: 9.50\n")
    env = {name: value for name, value in environment().items() if name not in ("HOME", "MMI_MODELS_DIR")}
    env |= {} if home is None else {"HOME": home}
    command = [*COMMAND, "run", "in", "-s", SCHEMA, "-o", output]
    ran = subprocess.run(command, cwd=place, env=env, preexec_fn=become, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    text = ran.stdout if output == "-" else (place / "out" / "results.jsonl").read_text()
    assert json.loads(text)["fields"]["total"]["value"] == 9.5


def test_what_may_not_be_read_has_a_record_that_says_so_and_the_rest_is_done(
    place_of_nobody: tuple[Path, Callable[[], None]],
) -> None:
    place, become = place_of_nobody
    for name in ("in/a.txt", "in/locked.txt", "in/shut/b.txt"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text("Total: 9.50\n")
    (place / "in" / "locked.txt").chmod(0)
    (place / "in" / "shut").chmod(0)
    command = [*COMMAND, "run", "in", "-s", SCHEMA, "-o", "out"]
    ran = subprocess.run(
        command, cwd=place, env=environment(), preexec_fn=become, capture_output=True, text=True, timeout=60
    )
    records = [json.loads(line) for line in (place / "out" / "results.jsonl").read_text().splitlines()]
    assert ran.returncode == 3, ran.stderr
    assert [(each["source"]["path"], each["status"]) for each in records] == [
        ("a.txt", "ok"), ("locked.txt", "failed"), ("shut", "failed")
    ]  # fmt: skip
    assert {each["errors"][0]["code"] for each in records[1:]} == {"io"}
