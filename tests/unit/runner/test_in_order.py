"""Whatever order files are finished in, their records come in order of path, each once, and as early as can be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mmi_cli.datamodel.source import SourceFile
from mmi_cli.runner.in_order import InOrder


def a_file(path: str) -> SourceFile:
    return SourceFile(uri=f"file:///{path}", path=path, size_bytes=1)


def test_a_file_waits_for_those_before_it_and_for_no_other() -> None:
    given_: list[str] = []
    order = InOrder(given_.append)
    for name in "abc":
        order.taken(a_file(name))
    order.finished(a_file("b"))
    assert given_ == []
    order.finished(a_file("a"))
    assert given_ == ["a", "b"]
    order.finished(a_file("c"))
    assert given_ == ["a", "b", "c"]


def test_members_of_an_archive_come_where_their_paths_stand() -> None:
    given_: list[str] = []
    order = InOrder(given_.append)
    order.taken(a_file("a.zip"))
    order.unpacked(a_file("a.zip"), [a_file("a.zip!m")])
    order.finished(a_file("a.zip!m"))
    assert given_ == []  # "a.zip 2" may still be taken up
    order.taken(a_file("a.zip 2"))
    order.taken(a_file("b"))
    order.finished(a_file("b"))
    order.finished(a_file("a.zip 2"))
    assert given_ == ["a.zip 2", "a.zip!m", "b"]


@given(
    st.sets(st.text("ab! \udcff", min_size=1, max_size=3), min_size=1, max_size=8), st.randoms(use_true_random=False)
)
def test_any_order_of_work_gives_the_order_of_paths(names: set[str], chance) -> None:  # type: ignore[no-untyped-def]
    given_: list[str] = []
    order = InOrder(given_.append)
    listed = sorted(names, key=lambda name: name.encode("utf-8", "surrogateescape"))
    expected = []
    waiting = [a_file(name) for name in listed]
    working: list[SourceFile] = []
    is_told = False
    while waiting or working:
        if waiting and (not working or chance.random() < 0.5):
            working.append(waiting[0])
            order.taken(waiting.pop(0))
            continue
        if not waiting and not is_told:
            order.all_taken()
            is_told = True
        file = working.pop(chance.randrange(len(working)))
        if "!" not in file.path and chance.random() < 0.3:
            members = [a_file(f"{file.path}!m{number}") for number in range(2)]
            order.unpacked(file, members)
            working.extend(members)
        else:
            expected.append(file.path)
            order.finished(file)
    order.all_taken()
    assert given_ == sorted(expected, key=lambda name: name.encode("utf-8", "surrogateescape"))
