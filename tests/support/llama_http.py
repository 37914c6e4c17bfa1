"""A real OpenAI-compatible server with real weights: llama.cpp's own, on a port of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def llama_http_server(weights: Path, *, context_tokens: int) -> Iterator[str]:
    """Its base URL. It forgets each prompt, so that an answer does not depend on the one before."""
    from mmi_cli.engines.llama_library import xllamacpp

    params: Any = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.n_ctx, params.n_parallel, params.n_gpu_layers = context_tokens, 1, 0
    params.offline, params.ui, params.warmup, params.fit_params = True, False, False, False
    params.cache_prompt, params.cache_ram_mib, params.verbosity = False, 0, -1
    for cpu in (params.cpuparams, params.cpuparams_batch):
        cpu.n_threads, cpu.poll = 2, 0
    server = xllamacpp.Server(params)
    try:
        yield f"{server.listening_address}/v1"
    finally:
        del server  # stops it
