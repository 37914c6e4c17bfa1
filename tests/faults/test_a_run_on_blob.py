"""Blob in, blob out: from any machine, stopped anywhere, under a lease, with storage or an engine's server down."""

from __future__ import annotations

import gzip
import json
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import COMMAND, WORKERS, Ran, environment, mmi, mmi_here
from tests.support.fault_proxy import FaultProxy, answers, first, loses_the_answer
from tests.support.http_answers import Answer as ServerAnswer
from tests.support.http_answers import scripted_server

SCHEMA = "total number, date date"
QUICK = {"MMI_RETRY_ATTEMPTS": "2", "MMI_LEASE_S": "15"}
FILES = 14


@pytest.fixture
def filled(container: Any) -> Any:
    """A container with small text files below `in`, each with a total of its own."""

    def put(number: int) -> None:
        folder = "a b" if number % 2 else "ü"
        text = f"Receipt {number}\nDate: 2026-03-{number % 28 + 1:02}\nTotal: {number}.50\n" * (1 + number % 5)
        container.upload_blob(f"in/{folder}/{number:03}.txt", text.encode())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, range(FILES)))
    return container


Machine = Callable[..., Ran]


@pytest.fixture
def machine(tmp_path: Path, proxy: FaultProxy) -> Callable[[str], Machine]:
    """Machines by name: each has a home folder of its own, and nothing else of the others."""

    def named(name: str) -> Machine:
        (tmp_path / name).mkdir(exist_ok=True)

        def run(*arguments: str, env: Mapping[str, str] | None = None) -> Ran:
            more = {"HOME": str(tmp_path / name), **QUICK, **(env or {})}
            return mmi_here("run", *arguments, "-s", SCHEMA, cwd=tmp_path / name, env=more)

        return run

    return named


def az(container: Any, name: str) -> str:
    return f"az://{container.container_name}/{name}"


def blob(container: Any, name: str) -> bytes:
    return bytes(container.download_blob(name).readall())


def names(container: Any, below: str) -> set[str]:
    return {each.name.removeprefix(below) for each in container.list_blobs(name_starts_with=below)}


def done_before(container: Any, output: str) -> int:
    return int(json.loads(blob(container, f"{output}/summary.json"))["files"]["done_before"])


# --- in and out


def test_blob_and_folder_give_the_same_records_in_every_direction(
    filled: Any, machine: Callable[[str], Machine], tmp_path: Path
) -> None:
    run = machine("one")
    for each in filled.list_blobs(name_starts_with="in/"):
        path = tmp_path / each.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(blob(filled, each.name))
    source, target = az(filled, "in"), az(filled, "out/ü 1")
    for given, output in (
        (source, target),
        (source, str(tmp_path / "out")),
        (str(tmp_path / "in"), az(filled, "out2")),
    ):
        assert run(given, "-o", output, "--content").code == 0
    here = tmp_path / "out"
    results = [blob(filled, "out/ü 1/results.jsonl"), (here / "results.jsonl").read_bytes()]
    assert results[0] == results[1]
    records = [
        [json.loads(line) for line in data.splitlines()] for data in (*results, blob(filled, "out2/results.jsonl"))
    ]
    for each in records:
        for record in each:
            assert record["source"].pop("uri").startswith("file:" if record["source"].pop("etag") is None else "http:")
    assert records[0] == records[2]
    content = {str(path.relative_to(here)) for path in here.rglob("content/**/*") if path.is_file()}
    assert names(filled, "out/ü 1/") >= {*content, "results.jsonl", "failures.jsonl", "summary.json", ".mmi/state.json"}
    assert all((here / name).read_bytes() == blob(filled, f"out/ü 1/{name}") for name in content)


def test_results_may_go_alone_and_into_the_root_of_a_container(filled: Any, machine: Callable[[str], Machine]) -> None:
    run = machine("one")
    before = names(filled, "")
    assert run(az(filled, "in"), "-o", az(filled, "alone.jsonl")).code == 0
    assert {name for name in names(filled, "") - before if not name.startswith(".mmi-alone.jsonl/")} == {"alone.jsonl"}
    ran = run(f"az://{filled.container_name}", "-o", f"az://{filled.container_name}")
    assert ran.code == 0, ran.err
    lines = blob(filled, "results.jsonl").splitlines()
    assert len(lines) == FILES + 1  # an output inside the input: the results of another run are a file like any other
    again = run(f"az://{filled.container_name}", "-o", f"az://{filled.container_name}")
    assert again.code == 0
    assert blob(filled, "results.jsonl").splitlines() == lines


def test_a_secret_is_shown_nowhere(
    filled: Any, machine: Callable[[str], Machine], proxy: FaultProxy, tmp_path: Path
) -> None:
    from datetime import UTC, datetime, timedelta

    from azure.storage.blob import BlobServiceClient, ContainerSasPermissions, generate_container_sas

    from tests.support.azurite import ACCOUNT, KEY

    sas = generate_container_sas(
        ACCOUNT, filled.container_name, account_key=KEY, permission=ContainerSasPermissions.from_string("rlwcd"),
        expiry=datetime.now(UTC) + timedelta(hours=1),
    )  # fmt: skip
    signature = sas.split("sig=")[1].split("&")[0]
    url = BlobServiceClient.from_connection_string(proxy.connection).get_container_client(filled.container_name).url
    no_key = {"AZURE_STORAGE_CONNECTION_STRING": "", "AZURE_STORAGE_ACCOUNT_URL": url.rpartition("/")[0]}
    ran = machine("one")(f"{url}/in?{sas}", "-o", f"{az(filled, 'out')}?{sas}", "--log-format", "json", env=no_key)
    assert ran.code == 0, ran.err
    proxy.plan("PUT .*results.jsonl", answers(403, code="AuthorizationPermissionMismatch"), times=9)
    refused = machine("one")(f"{url}/in?{sas}", "-o", f"{url}/out?{sas}", "--content", "--fresh", env=no_key)
    assert refused.code == 4 and "does not permit this" in refused.err
    shown = ran.out + ran.err + refused.out + refused.err
    written = "".join(
        blob(filled, f"out/{name}").decode("latin-1") for name in names(filled, "out/") if not name.endswith(".gz")
    )
    kept = [path.read_text("latin-1") for path in tmp_path.glob("one/.cache/**/*") if path.is_file()]
    assert kept
    for secret in (signature, KEY, "sig="):
        assert secret not in shown + written + "".join(kept)


# --- another machine


def killed_after(filled: Any, home: Path, records: int, *arguments: str) -> None:
    """A run that is killed once so many records are in the state on blob."""
    (home).mkdir(exist_ok=True)
    env = environment(
        {"HOME": str(home), **QUICK, **WORKERS, "MMI_JOBS": "1", "MMI_CHECKPOINT_FILES": "3", "MMI_CHECKPOINT_S": "0.1"}
    )
    process = subprocess.Popen(
        [*COMMAND, "run", *arguments, "-s", SCHEMA],
        cwd=home,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        if records_on_blob(filled) >= records:
            break
        time.sleep(0.1)
    process.kill()
    process.wait()


def records_on_blob(container: Any) -> int:
    from azure.core.exceptions import ResourceNotFoundError

    try:
        head = json.loads(blob(container, "out/.mmi/state.json"))
        return sum(
            gzip.decompress(blob(container, f"out/.mmi/{piece['name']}")).count(b"\t{") for piece in head["journal"]
        )
    except ResourceNotFoundError:
        return 0


def stall(proxy: FaultProxy, after: int) -> None:
    """So many downloads go well, the next ones hang: the run is in its middle until it is stopped."""
    proxy.plan("GET .*/in/.*txt", first(lambda: time.sleep(60)), after=after, times=10**6)


@pytest.mark.parametrize("how", ["killed", "interrupted"])
def test_a_run_goes_on_from_another_machine_with_the_same_bytes(
    filled: Any, machine: Callable[[str], Machine], proxy: FaultProxy, tmp_path: Path, how: str
) -> None:
    assert machine("calm")(az(filled, "in"), "-o", az(filled, "calm"), "--content").code == 0
    proxy.clear()
    arguments = (az(filled, "in"), "-o", az(filled, "out"), "--content")
    if how == "killed":
        stall(proxy, 9)
        killed_after(filled, tmp_path / "one", 9, *arguments)
        assert not {"results.jsonl", "summary.json"} & names(filled, "out/")
        break_lease(filled)  # or wait for it to end
    else:
        proxy.plan("GET .*/in/.*txt", first(lambda: time.sleep(0.3)), times=10**6)
        env = environment({"HOME": str(tmp_path), **QUICK})
        process = subprocess.Popen(
            [*COMMAND, "run", *arguments, "-s", SCHEMA], cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True
        )
        while proxy.count("GET .*/in/") < 6 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    kept = records_on_blob(filled)
    assert 4 <= kept < FILES
    proxy.clear()
    ran = machine("two")(*arguments)
    assert ran.code == 0, ran.err
    assert "going on from the state beside the results" in ran.err
    assert done_before(filled, "out") == kept
    assert proxy.count("GET .*/in/") == FILES - kept  # nothing is read twice
    assert blob(filled, "out/results.jsonl") == blob(filled, "calm/results.jsonl")
    for name in {each for each in names(filled, "calm/") if each.startswith("content/")}:
        assert blob(filled, f"out/{name}") == blob(filled, f"calm/{name}")
    # And back: the first machine sees that its own state is the older one.
    third = machine("one")(*arguments)
    assert third.code == 0 and f"{FILES} of {FILES} files were done by an earlier run" in third.err


def break_lease(container: Any, lock: str = "out/.mmi/lock") -> None:
    from azure.storage.blob import BlobLeaseClient

    BlobLeaseClient(container.get_blob_client(lock)).break_lease(0)


def test_the_machine_whose_run_was_killed_goes_on_at_once(
    filled: Any, machine: Callable[[str], Machine], proxy: FaultProxy, tmp_path: Path
) -> None:
    stall(proxy, 4)
    killed_after(filled, tmp_path / "one", 4, az(filled, "in"), "-o", az(filled, "out"))
    proxy.clear()
    ran = machine("one")(az(filled, "in"), "-o", az(filled, "out"))
    assert ran.code == 0, ran.err
    assert done_before(filled, "out") == 4


@pytest.mark.parametrize("lost", ["state.json", "journal", "manifest"])
def test_a_state_that_was_half_copied_is_no_state(
    filled: Any, machine: Callable[[str], Machine], proxy: FaultProxy, lost: str
) -> None:
    proxy.plan(f"PUT .*/out/.mmi/{lost}", answers(503), times=10**6)
    first_run = machine("one")(az(filled, "in"), "-o", az(filled, "out"))
    assert first_run.code == 4, first_run.err
    proxy.clear()
    second = machine("two")(az(filled, "in"), "-o", az(filled, "out"))
    assert second.code == 0
    assert done_before(filled, "out") == 0
    third = machine("one")(az(filled, "in"), "-o", az(filled, "out"))
    assert third.code == 0 and done_before(filled, "out") == FILES
    head = json.loads(blob(filled, "out/.mmi/state.json"))
    kept = {head["manifest"]["name"], *(piece["name"] for piece in head["journal"])}
    assert names(filled, "out/.mmi/") == {"lock", "state.json", *kept}  # what broke off is cleared away


def test_a_state_that_is_not_what_was_written_is_not_believed(filled: Any, machine: Callable[[str], Machine]) -> None:
    arguments = (az(filled, "in"), "-o", az(filled, "out"))
    assert machine("one")(*arguments).code == 0
    expected = blob(filled, "out/results.jsonl")
    harms: list[Callable[[str], object]] = [
        lambda name: filled.upload_blob(name, gzip.compress(b"{}\n"), overwrite=True),
        lambda name: filled.upload_blob(name, b"no gzip", overwrite=True),
        lambda name: filled.delete_blob(name),
    ]
    for number, harm in enumerate(harms):
        for kind in ("journal", "manifest"):
            harm(next(each.name for each in filled.list_blobs(name_starts_with=f"out/.mmi/{kind}")))
            ran = machine(f"{kind}{number}")(*arguments)
            assert ran.code == 0 and "is damaged" in ran.err
            assert blob(filled, "out/results.jsonl") == expected
            assert done_before(filled, "out") == 0
    filled.upload_blob("out/.mmi/state.json", b'{"layout": 99}', overwrite=True)
    ran = machine("last")(*arguments)
    assert ran.code == 0 and "cannot be used" in ran.err
    assert blob(filled, "out/results.jsonl") == expected


def test_results_that_were_removed_are_made_anew(filled: Any, machine: Callable[[str], Machine]) -> None:
    arguments = (az(filled, "in"), "-o", az(filled, "out"))
    assert machine("one")(*arguments).code == 0
    for name in names(filled, ""):
        if name.startswith("out/"):
            filled.delete_blob(name)
    ran = machine("one")(*arguments)
    assert ran.code == 0 and "every file is done again" in ran.err
    assert done_before(filled, "out") == 0


def test_fresh_does_every_file_again_on_any_machine(filled: Any, machine: Callable[[str], Machine]) -> None:
    arguments = (az(filled, "in"), "-o", az(filled, "out"))
    assert machine("one")(*arguments).code == 0
    expected = blob(filled, "out/results.jsonl")
    for name in ("one", "two"):
        assert machine(name)(*arguments, "--fresh").code == 0
        assert done_before(filled, "out") == 0
        assert blob(filled, "out/results.jsonl") == expected


def test_a_lost_answer_to_the_last_copy_costs_nothing(
    filled: Any, machine: Callable[[str], Machine], proxy: FaultProxy
) -> None:
    proxy.plan("PUT .*/out/.mmi/state.json", loses_the_answer)
    proxy.plan("PUT .*/out/results.jsonl", loses_the_answer)
    assert machine("one")(az(filled, "in"), "-o", az(filled, "out")).code == 0
    assert len(blob(filled, "out/results.jsonl").splitlines()) == FILES


# --- one run at a time


def test_a_second_run_is_told_who_holds_the_output(
    filled: Any, machine: Callable[[str], Machine], proxy: FaultProxy, tmp_path: Path
) -> None:
    stall(proxy, 1)
    (tmp_path / "one").mkdir()
    env = environment({"HOME": str(tmp_path / "one"), **QUICK, **WORKERS, "MMI_JOBS": "1"})
    running = subprocess.Popen(
        [*COMMAND, "run", az(filled, "in"), "-o", az(filled, "out"), "-s", SCHEMA], env=env, stderr=subprocess.PIPE
    )
    while proxy.count("GET .*/in/") < 1 and running.poll() is None:
        time.sleep(0.01)
    second = machine("two")(az(filled, "in"), "-o", az(filled, "out"))
    assert second.code == 4
    assert re.search(rf"another run writes to az://.*/out \(host .*, pid {running.pid}, since 20", second.err)
    # Broken by hand, the lease is lost: the run notices at its next renewal and stops.
    break_lease(filled)
    assert running.wait(30) == 4
    assert running.stderr is not None and b"lease on az://" in running.stderr.read()
    proxy.clear()
    third = machine("two")(az(filled, "in"), "-o", az(filled, "out"))
    assert third.code == 0, third.err


@pytest.mark.slow
def test_the_lease_of_a_run_that_died_ends_by_itself(
    filled: Any, machine: Callable[[str], Machine], proxy: FaultProxy, tmp_path: Path
) -> None:
    stall(proxy, 4)
    killed_after(filled, tmp_path / "one", 4, az(filled, "in"), "-o", az(filled, "out"))
    died_s = time.monotonic()
    proxy.clear()
    refused = machine("two")(az(filled, "in"), "-o", az(filled, "out"))
    assert refused.code == 4 and "ends by itself within 15 s" in refused.err
    time.sleep(max(0.0, 15.5 - (time.monotonic() - died_s)))
    ran = machine("two")(az(filled, "in"), "-o", az(filled, "out"))
    assert ran.code == 0, ran.err
    assert done_before(filled, "out") == 4


# --- when the world is down


def test_storage_that_goes_down_stops_the_run_and_no_file_counts_as_tried(
    filled: Any, machine: Callable[[str], Machine], proxy: FaultProxy
) -> None:
    few = {"MMI_STOP_AFTER_FAILURES": "3", "MMI_MAX_ATTEMPTS": "1"}
    proxy.plan("GET .*/in/.*txt", answers(503, code="ServerBusy"), after=5, times=10**6)
    ran = machine("one")(az(filled, "in"), "-o", az(filled, "out"), env=few)
    assert ran.code == 4, ran.err
    assert "storage does not answer (3 files in a row)" in ran.err and "type the same command again" in ran.err
    assert proxy.count("GET .*/in/.*txt") == 5 + 3 * 2
    proxy.clear()
    again = machine("one")(az(filled, "in"), "-o", az(filled, "out"), env=few)
    assert again.code == 0, again.err
    assert (done_before(filled, "out"), blob(filled, "out/failures.jsonl")) == (5, b"")


def test_one_file_that_cannot_be_read_stops_nothing(
    filled: Any, machine: Callable[[str], Machine], proxy: FaultProxy
) -> None:
    proxy.plan("GET .*/in/.*/00[0-4].txt", answers(503, code="ServerBusy"), times=10**6)
    ran = machine("one")(az(filled, "in"), "-o", az(filled, "out"), env={"MMI_STOP_AFTER_FAILURES": "6"})
    assert ran.code == 3, ran.err
    failures = [json.loads(line) for line in blob(filled, "out/failures.jsonl").splitlines()]
    assert len(failures) == 5
    assert {(each["code"], each["retryable"]) for record in failures for each in record["errors"]} == {("io", True)}
    proxy.clear()
    again = machine("one")(az(filled, "in"), "-o", az(filled, "out"))
    assert again.code == 0 and done_before(filled, "out") == FILES - 5


@pytest.mark.parametrize("workers", ["inline", "two workers"])
def test_a_language_model_server_that_is_down_stops_the_run_and_no_file_counts_as_tried(
    machine: Callable[[str], Machine], tmp_path: Path, workers: str
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number:02}.txt").write_text(f"Meeting {number}. We bought {number} apples for the team.\n")
    said = {
        "choices": [{"message": {"content": '{"mood": "glad"}'}}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 3},
    }
    with scripted_server([ServerAnswer(503)]) as server:
        env = {
            "MMI_LANGUAGE_MODEL": "openai", "MMI_OPENAI_BASE_URL": server.url, "MMI_STOP_AFTER_FAILURES": "4",
            "MMI_MAX_ATTEMPTS": "1", "MMI_INLINE": str(workers == "inline").lower(), "MMI_JOBS": "2",
        }  # fmt: skip
        ran = mood(tmp_path, env)
        assert ran.code == 4, ran.err
        assert "the server of an engine does not answer (4 files in a row)" in ran.err
        asked = len(server.asked)
        assert asked <= (4 + 2) * 2
        server.answers[:] = [ServerAnswer(200, said)]
        again = mood(tmp_path, env)
        assert again.code == 0, again.err
        assert len(server.asked) - asked >= 12
    records = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text().splitlines()]
    assert len(records) == 12 and not any(record["errors"] for record in records)


def mood(folder: Path, env: Mapping[str, str]) -> Ran:
    (folder / "mood.yaml").write_text(
        "name: mood\nfields:\n  mood: {type: string, kind: inferred, enum: [glad, sad], description: How it sounds.}\n"
    )
    return mmi("run", "in", "-s", "mood.yaml", "-o", "out", cwd=folder, env={**QUICK, **env})
