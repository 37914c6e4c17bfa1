"""Ray, imported on use: a cluster that is there, or one of this machine for as long as the run takes."""

from __future__ import annotations

import logging
import math
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ...errors import StorageDown, UsageError
from ...settings import Settings
from .machine import usable_cores

HOW = "pip install 'mmi-cli[ray]'"
_STORE_BYTES = 256 << 20
"""Room for what is under way between processes of one machine: paths and records; more goes to disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A connection."""

    ray: Any
    """The module."""
    actors: int
    cpus: float
    """Of each actor."""
    is_local: bool
    """It is of this machine alone, made for the run."""
    is_ours: bool
    """The connection is to be ended with the run; false where the program was connected before."""


def connect(settings: Settings, *, jobs: int) -> Cluster:
    """Finds the cluster that the settings name.

    Args:
        jobs: workers that this machine would have.

    Raises:
        UsageError: Ray is not installed, or what the settings ask for cannot be had.
        StorageDown: the cluster does not answer.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    if not os.environ.get("MMI_DEBUG"):
        os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise UsageError(f"--runner ray: Ray cannot be imported ({error}); {HOW}") from error
    cpus = settings.ray_cpus_per_actor or float(max(1, settings.threads))
    address = settings.ray_address or os.environ.get("RAY_ADDRESS") or "local"
    is_ours = not ray.is_initialized()
    if is_ours:
        wanted = settings.ray_actors or jobs
        local = {"num_cpus": max(usable_cores(), math.ceil(wanted * cpus)), "object_store_memory": _STORE_BYTES}
        try:
            with _own_signals(), _without_chatter():
                ray.init(
                    address=address, log_to_driver=bool(os.environ.get("MMI_DEBUG")), logging_level=logging.ERROR,
                    **({**local, "include_dashboard": False} if address == "local" else {}),
                )  # fmt: skip
        except Exception as error:
            text = " ".join(str(error).split())[:300]
            raise StorageDown(
                f"Ray at {address} does not answer ({type(error).__name__}: {text}); is the cluster up, and its token known "
                "(RAY_AUTH_MODE, RAY_AUTH_TOKEN)?"
            ) from error
    there = ray.cluster_resources()
    if settings.ray_gpus_per_actor > there.get("GPU", 0) and address == "local":
        ray.shutdown()
        raise UsageError(
            f"ray_gpus_per_actor = {settings.ray_gpus_per_actor:g}, but Ray finds {there.get('GPU', 0):g} GPUs on this machine"
        )
    actors = settings.ray_actors or (jobs if address == "local" else max(1, int(there.get("CPU", 1) // cpus)))
    return Cluster(ray=ray, actors=actors, cpus=cpus, is_local=is_ours and address == "local", is_ours=is_ours)


def disconnect(cluster: Cluster) -> None:
    """Ends the connection, and with it everything of this run; a cluster of this machine ends as well."""
    if cluster.is_ours:
        with _own_signals():
            cluster.ray.shutdown()


@contextmanager
def _own_signals() -> Iterator[None]:
    """Ray puts a handler of its own in the place of ours."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _without_chatter() -> Iterator[None]:
    """What Ray's own library writes to stderr past Python goes nowhere; its errors come as exceptions."""
    if os.environ.get("MMI_DEBUG"):
        yield
        return
    sys.stderr.flush()
    kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)
