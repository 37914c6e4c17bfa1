"""Asks an OpenAI-compatible server over HTTP: with patience for what passes, within one clock, and without ever repeating the key."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

import httpx

from ..errors import EngineFailed, EngineUnreachable, StorageDown, UsageError
from ..retry import PASSING_STATUSES, Patience, retry_after_s
from ..settings import Settings
from .remote_hosts import is_loopback, server_url

_CONNECT_S = 10.0
_PASSING = PASSING_STATUSES | {409, 425, 529}
# An answer of 1 500 tokens with their probabilities is 300 kB.
_MOST_BYTES = 16_000_000
_MOST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Refusal:
    """The server understood and refused the request (400, 413, 422)."""

    status: int
    message: str
    """Its own words; with the name of the parameter that it complains about."""


class OpenAiTransport:
    """One server; redirects are not followed, and proxies of the environment are not asked for what stays on this machine.

    Raises:
        UsageError: the address or the key cannot be used, or the server is another machine and `allow_remote` is not set.
    """

    def __init__(self, settings: Settings) -> None:
        base = server_url(settings)
        self._url = base.copy_with(path=base.path.rstrip("/") + "/chat/completions")
        port = f":{base.port}" if base.port else ""
        self._shown = f"{base.scheme}://{base.host}{port}{self._url.path}"
        self._key = (settings.openai_api_key or "").strip()
        if not (self._key.isascii() and self._key.isprintable()):
            raise UsageError("MMI_OPENAI_API_KEY holds characters that no key has")
        self._patience_s = settings.timeout_s
        self._patience = Patience(attempts=settings.retry_attempts, longest_asked_s=settings.timeout_s)
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {self._key}"} if self._key else {},
            follow_redirects=False,
            trust_env=not is_loopback(base.host),
        )

    def post(self, body: dict[str, Any]) -> dict[str, Any] | Refusal:
        """The server's answer.

        Raises:
            EngineFailed: it answered not in time, or nothing that makes sense.
            EngineUnreachable: it cannot be reached, or says that it cannot answer now, however often it was asked.
            StorageDown: it refuses every request of this run: the key, or the address.
        """
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")  # half a surrogate pair becomes "?"
        until = time.monotonic() + self._patience_s
        attempt = 0
        while True:
            asked_s: float | None = None
            try:
                status, headers, data = self._ask(content, until)
            except httpx.ReadTimeout:
                raise EngineFailed(self._too_late()) from None
            except httpx.RequestError as error:
                reason = f"cannot be reached ({_plain(str(error)) or type(error).__name__})"
            else:
                if status not in _PASSING:
                    return self._read(status, headers, data)
                reason = f"answered {status} {self._words(data)}".rstrip(" :")
                asked_s = retry_after_s(headers)
            wait_s = self._patience.wait_s(attempt, asked_s=asked_s)
            attempt += 1
            if attempt < self._patience.attempts and (wait_s is None or time.monotonic() + wait_s >= until):
                raise EngineUnreachable(f"{self._shown} {reason}; it cannot be asked again within timeout_s")
            if wait_s is None:
                raise EngineUnreachable(
                    f"{self._shown} {reason}, {attempt} times; is the server of openai_base_url running and well?"
                )
            time.sleep(wait_s)

    def _ask(self, content: bytes, until: float) -> tuple[int, httpx.Headers, bytes]:
        """One request, read whole; a server that trickles meets the clock too."""
        left = max(0.001, until - time.monotonic())
        timeout = httpx.Timeout(left, connect=min(left, _CONNECT_S))
        data = bytearray()
        headers = {"Content-Type": "application/json"}
        with self._client.stream("POST", self._url, content=content, headers=headers, timeout=timeout) as answer:
            for chunk in answer.iter_bytes():
                data += chunk
                if len(data) > _MOST_BYTES:
                    raise EngineFailed(f"{self._shown} answered with more than {_MOST_BYTES:,} bytes")
                if time.monotonic() > until:
                    raise EngineFailed(self._too_late())
        return answer.status_code, answer.headers, bytes(data)

    def _read(self, status: int, headers: httpx.Headers, data: bytes) -> dict[str, Any] | Refusal:
        if status in (400, 413, 422):
            return Refusal(status, self._words(data))
        if 300 <= status < 400:
            to = _plain(headers.get("Location", "elsewhere").split("?")[0])[:100]
            raise EngineFailed(
                f"{self._shown} sends on to {to}; that is not followed: set openai_base_url to the server"
            )
        if status == 401:
            how = "refuses the key of MMI_OPENAI_API_KEY" if self._key else "wants a key; set MMI_OPENAI_API_KEY"
            raise StorageDown(f"{self._shown} {how}: {self._words(data)}".rstrip(": "))
        if status == 404:
            raise StorageDown(
                f"{self._shown} has no such page or model (openai_base_url, openai_model): {self._words(data)}".rstrip(
                    ": "
                )
            )
        loaded = _json(data)
        if status != 200 or loaded is None:
            what = self._words(data) if status != 200 else "what is no JSON"
            raise EngineFailed(f"{self._shown} answered {status} {what}".rstrip())
        return loaded

    def _words(self, data: bytes) -> str:
        """What a server says about its refusal, without the request that some repeat in it, and without the key."""
        loaded = _json(data) or {}
        error = loaded.get("error", loaded.get("detail", loaded.get("message", "")))
        if isinstance(error, dict):
            error = f"{error.get('message', '')} {error.get('param') or ''} {error.get('type') or ''}"
        elif isinstance(error, list):  # of pydantic: where, what, and the whole input, which is left out
            each = [entry for entry in error if isinstance(entry, dict)]
            error = "; ".join(f"{'.'.join(map(str, entry.get('loc', ())))}: {entry.get('msg', '')}" for entry in each)
        words = _plain(str(error))
        return (words.replace(self._key, "(the key)") if self._key else words)[:_MOST_WORDS]

    def _too_late(self) -> str:
        return f"{self._shown} did not answer within timeout_s = {self._patience_s:g}"


def _json(data: bytes) -> dict[str, Any] | None:
    try:
        loaded = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return loaded if isinstance(loaded, dict) else None


def _plain(text: str) -> str:
    """One line without what a terminal would obey."""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())
