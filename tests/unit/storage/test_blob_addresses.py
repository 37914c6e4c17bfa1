"""Addresses of blobs: what they mean, and that their secrets stay apart."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mmi_cli.storage.azure_blob.address import container_of, parse_address
from mmi_cli.storage.azure_blob.source import path_of_name

SAS = "sv=2024-01-01&sr=c&sig=abc%2Bdef"


@pytest.mark.parametrize(
    ("address", "account", "container", "name", "sas"),
    [
        ("az://c", None, "c", "", None),
        ("az://c/a b/ü.txt", None, "c", "a b/ü.txt", None),
        ("az://c/50%25?.txt", None, "c", "50%25?.txt", None),
        ("az://c//leading", None, "c", "/leading", None),
        (f"az://c/p?{SAS}", None, "c", "p", SAS),
        (f"az://c/why?/p?{SAS}", None, "c", "why?/p", SAS),
        ("https://a.blob.core.windows.net/c", "https://a.blob.core.windows.net", "c", "", None),
        ("https://a.blob.core.windows.net/c/x%20y/%C3%BC", "https://a.blob.core.windows.net", "c", "x y/ü", None),
        (f"https://a.blob.core.windows.net/c/p?{SAS}", "https://a.blob.core.windows.net", "c", "p", SAS),
        ("https://a.dfs.core.windows.net/c/p", "https://a.blob.core.windows.net", "c", "p", None),
        ("https://a.blob.core.windows.net/c//leading", "https://a.blob.core.windows.net", "c", "/leading", None),
        ("http://127.0.0.1:10000/acct/c/p", "http://127.0.0.1:10000/acct", "c", "p", None),
        ("http://azurite:10000/acct/c/p", "http://azurite:10000/acct", "c", "p", None),
        ("http://[::1]:10000/acct/c/p", "http://[::1]:10000/acct", "c", "p", None),
        ("https://files.example.com/c/p", "https://files.example.com", "c", "p", None),
    ],
)
def test_an_address_is_taken_apart(
    address: str, account: str | None, container: str, name: str, sas: str | None
) -> None:
    found = parse_address(address)
    assert (found.account_url, found.container, found.name, found.sas) == (account, container, name, sas)
    assert "sig" not in repr(found) + found.shown
    again = parse_address(found.shown)
    assert (again.account_url, again.container, again.name) == (account, container, name)


def test_the_container_of_an_address_has_no_name_and_no_secret() -> None:
    assert container_of("https://a.blob.core.windows.net/c/x/y.txt") == "https://a.blob.core.windows.net/c"
    assert container_of(f"az://c/p?{SAS}") == "az://c"


PARTS = st.sampled_from(
    ["", ".", "..", "%2F", "%2E", "%252F", "%25%2F", "%2E%2E", "%252E%2E", "%25252E%2E", "a", "%", "a%2F"]
)


@example(["%2E%2E"], ["%252E%2E"])
@given(st.lists(PARTS, min_size=1, max_size=4), st.lists(PARTS, min_size=1, max_size=4))
def test_no_two_names_have_one_path_and_none_climbs(one: list[str], other: list[str]) -> None:
    a, b = path_of_name("/".join(one)), path_of_name("/".join(other))
    assert (a == b) == (one == other)
    assert not {"", ".", ".."} & set(a.split("/"))
