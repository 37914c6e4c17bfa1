"""llama.cpp inside this process: its server on a private socket, and states of the prompt cache that can be put back.

The library runs its server in a thread. What it computes is asked through Python; what only its HTTP routes know (tokens, chat
template, states) through a Unix socket in a folder that only this user can enter, so no port is opened.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from .. import meter
from ..errors import EngineFailed, MissingEngine
from .llama_library import xllamacpp

# Longest path of a Unix socket is 108 bytes on Linux, 104 on macOS.
_LONGEST_SOCKET_PATH = 100
_ONE_SLOT = 0


class LlamaServer:
    """One model with one sequence.

    Raises:
        MissingEngine: the weights cannot be loaded.
    """

    def __init__(self, weights: Path, *, context_tokens: int, threads: int) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="mmi-llama-", ignore_cleanup_errors=True)
        if len(self._folder.name) > _LONGEST_SOCKET_PATH - len("/socket.sock"):
            self._folder = tempfile.TemporaryDirectory(prefix="mmi-llama-", dir="/tmp", ignore_cleanup_errors=True)
        folder = self._folder.name
        params = _parameters(weights, context_tokens=context_tokens, threads=threads)
        params.hostnames = [f"{folder}/socket.sock"]
        params.slot_save_path = f"{folder}/"
        try:
            self._server = xllamacpp.Server(params)
        except RuntimeError as error:
            raise MissingEngine(
                f"the language model {weights} cannot be loaded; `mmi models verify` tells whether the file is whole"
            ) from error
        transport = httpx.HTTPTransport(uds=f"{folder}/socket.sock", retries=2)
        self._http = httpx.Client(transport=transport, base_url="http://llama", timeout=600.0)

    def properties(self) -> dict[str, Any]:
        """What the server says about the model and its context."""
        return self._answer(self._http.get("/props"))

    def tokens(self, text: str, *, is_template: bool = False, is_start: bool = False) -> list[int]:
        """Token ids of a text.

        Args:
            is_template: `<|im_start|>` and its like are control tokens, not text.
            is_start: with the model's own first token, where it has one.
        """
        sendable = text.encode("utf-8", "replace").decode()  # half a surrogate pair becomes "?"
        body = {"content": sendable, "parse_special": is_template, "add_special": is_start}
        return list(self._post("/tokenize", body)["tokens"])

    def apply_template(self, messages: list[dict[str, str]]) -> str:
        """The prompt of a conversation as the model's chat template writes it, up to where the answer begins.

        Raises:
            EngineFailed: the template refuses the roles.
        """
        body = {"messages": messages, "chat_template_kwargs": {"enable_thinking": False}}
        return str(self._post("/apply-template", body)["prompt"])

    def save_state(self, name: str) -> None:
        """Keeps what the sequence holds now."""
        self._post(f"/slots/{_ONE_SLOT}?action=save", {"filename": name})

    def restore_state(self, name: str) -> None:
        """The sequence holds again, bit for bit, what it held at `save_state`."""
        self._post(f"/slots/{_ONE_SLOT}?action=restore", {"filename": name})

    def forget_state(self, name: str) -> None:
        (Path(self._folder.name) / name).unlink(missing_ok=True)

    def complete(self, prompt: list[int], **options: Any) -> dict[str, Any]:
        """Answers a prompt in the one sequence.

        Raises:
            EngineFailed: what the server says.
        """
        try:
            answer = self._server.handle_completions({"prompt": prompt, "id_slot": _ONE_SLOT, **options})
        except RuntimeError as error:
            raise EngineFailed(f"llama.cpp failed: {error}") from error
        checked = _checked(json.loads(answer) if isinstance(answer, str | bytes) else answer)
        _tell(checked.get("timings") or {})
        return checked

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._answer(self._http.post(path, json=body))

    def _answer(self, response: httpx.Response) -> dict[str, Any]:
        try:
            return _checked(response.json())
        except ValueError as error:
            raise EngineFailed(f"llama.cpp answered {response.status_code} to {response.url.path}") from error


def build_name() -> str:
    """Build of llama.cpp, or the version of the package that holds it."""
    number = xllamacpp.BUILD_INFO.get("build_number") or 0
    return f"b{number}" if number else importlib.metadata.version("xllamacpp")


def grammar_of(json_schema: dict[str, Any]) -> str:
    """The grammar that allows what a JSON schema accepts, and nothing else.

    Raises:
        EngineFailed: the schema is not JSON.
    """
    try:
        return str(xllamacpp.json_schema_to_grammar(json.dumps(json_schema)))
    except (RuntimeError, ValueError, TypeError) as error:
        raise EngineFailed(f"the answer's JSON schema cannot be made a grammar: {error}") from error


def _parameters(weights: Path, *, context_tokens: int, threads: int) -> Any:
    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.n_ctx = context_tokens
    params.n_parallel = 1
    params.n_gpu_layers = 0
    params.offline = True
    params.ui = False
    params.warmup = False
    params.fit_params = False
    params.cache_ram_mib = 0  # the states kept here are ours: the library's own choice depends on what ran before
    params.verbosity = -1
    for cpu in (params.cpuparams, params.cpuparams_batch):
        cpu.n_threads = threads or len(os.sched_getaffinity(0))
        cpu.poll = 0  # the same, where the library was built without libgomp
    return params


def _tell(timings: dict[str, Any]) -> None:
    """What the library says of a call that has just ended: tokens read, found in the cache and written, and how long that took."""
    ended_ns, read_ns, written_ns = (
        time.monotonic_ns(),
        *(int(1e6 * (timings.get(name) or 0)) for name in ("prompt_ms", "predicted_ms")),
    )
    for name, number in (("reused", "cache_n"), ("read", "prompt_n"), ("written", "predicted_n")):
        meter.count(f"model.{name}_tokens", timings.get(number) or 0)
    meter.count("model.read_seconds", read_ns / 1e9)
    meter.count("model.write_seconds", written_ns / 1e9)
    thread = threading.get_native_id()
    facts = {"tokens": timings.get("prompt_n"), "from_cache": timings.get("cache_n")}
    meter.tell(meter.Span("prompt", "model", ended_ns - written_ns - read_ns, read_ns, None, thread, facts))
    facts = {"tokens": timings.get("predicted_n")}
    meter.tell(meter.Span("generate", "model", ended_ns - written_ns, written_ns, None, thread, facts))


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    error = answer.get("error")
    if error:
        message = error.get("message", error) if isinstance(error, dict) else error
        raise EngineFailed(f"llama.cpp: {message}")
    return answer
