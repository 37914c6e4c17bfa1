"""How requests to the service are sent: again while that may help, and to exactly the name that was meant.

Imported only once a blob is used.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from azure.core.exceptions import AzureError, HttpResponseError, ServiceRequestError, ServiceResponseError
from azure.core.pipeline.policies import HTTPPolicy
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from ...retry import PASSING_STATUSES, Patience, retry_after_s

_CONNECTIONS = 16
_READ_BYTES = 1 << 17
_OPTIONS_OF_THE_SDK = (
    "retry_total", "retry_connect", "retry_read", "retry_status", "retry_to_secondary", "retry_hook", "location_mode", "hosts",
)  # fmt: skip


class PatientPolicy(HTTPPolicy):  # type: ignore[misc]
    """In place of the SDK's own retries, which know neither 429 nor `Retry-After` and wait 15 seconds first."""

    def __init__(self, patience: Patience, *, sleep: Callable[[float], None] = time.sleep) -> None:
        super().__init__()
        self._patience = patience
        self._sleep = sleep

    def send(self, request: Any) -> Any:
        for option in _OPTIONS_OF_THE_SDK:
            request.context.options.pop(option, None)
        patience: Patience = request.context.options.pop("patience", self._patience)
        body = request.http_request.body
        start = body.tell() if hasattr(body, "seek") else None
        attempt = 0
        while True:
            try:
                response = self.next.send(request)
            except AzureError as error:
                wait_s = patience.wait_s(attempt) if is_passing(error) else None
                if wait_s is None:
                    raise
            else:
                status = response.http_response.status_code
                asked_s = retry_after_s(response.http_response.headers)
                wait_s = patience.wait_s(attempt, asked_s=asked_s) if status in PASSING_STATUSES else None
                if wait_s is None:
                    # The SDK's later steps look for this.
                    response.http_response.location_mode = "primary"
                    return response
            self._sleep(wait_s)
            if start is not None:
                body.seek(start)
            attempt += 1


def is_passing(error: BaseException) -> bool:
    """Whether the same request may succeed a moment later."""
    if isinstance(error, HttpResponseError) and error.status_code is not None:
        # A body that broke off comes as an error with the status of an answer that went well.
        return error.status_code in PASSING_STATUSES or 200 <= error.status_code < 300
    return isinstance(error, ServiceRequestError | ServiceResponseError | HttpResponseError)


class _ExactSession(requests.Session):
    """To `requests`, `a/../b` is `b`: for the service these are two blobs."""

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        prepared = super().prepare_request(request)
        meant = urlsplit(str(request.url)).path
        if prepared.url and any(part in (".", "..") for part in meant.split("/")):
            prepared.url = urlsplit(prepared.url)._replace(path=meant).geturl()
        return prepared


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *positional: Any, **named: Any) -> None:
        super().init_poolmanager(*positional, **named, blocksize=_READ_BYTES)


def make_transport(*, connect_s: float, read_s: float) -> Any:
    """Connections of its own, without retries: those are the policy's."""
    session = _ExactSession()
    never = Retry(total=False, redirect=False, raise_on_status=False)
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Adapter(max_retries=never, pool_connections=_CONNECTIONS, pool_maxsize=_CONNECTIONS))
    return RequestsTransport(session=session, connection_timeout=connect_s, read_timeout=read_s)
