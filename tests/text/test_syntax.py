"""Python text is made a tree, also where a screen and a worker thread do so at once."""

from __future__ import annotations

import ast
import threading

import pytest

from tui_backprop.text.syntax import parsed, parsed_expression


def test_threads_build_their_trees_one_after_the_other(monkeypatch):
    """In releases of Python 3.11 two threads that build a tree at the same moment end in a SystemError."""
    build, inside, most = ast.parse, [], []
    begun = threading.Event()

    def counted(*arguments, **options):
        inside.append(1)
        most.append(len(inside))
        begun.set()
        threading.Event().wait(0.05)  # so long that others would come in
        inside.pop()
        return build(*arguments, **options)

    monkeypatch.setattr(ast, "parse", counted)
    first = threading.Thread(target=parsed, args=("a = 1",))
    first.start()
    begun.wait()
    assert ast.unparse(parsed_expression("b + 1")) == "b + 1"
    first.join()
    assert most == [1, 1]


def test_what_is_no_python_is_an_error_and_the_next_text_is_read():
    """A text that cannot be read leaves nothing locked."""
    with pytest.raises(SyntaxError):
        parsed("a = ")
    assert len(parsed("a = 1\nb = 2").body) == 2
