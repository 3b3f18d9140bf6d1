"""CSV files of one's own: every file has one clear outcome."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_backprop.datasets.csv_files import read_csv
from tui_backprop.datasets.dataset import SourceError
from tui_backprop.datasets.source import open_source
from tui_backprop.text.cleaning import clean


@pytest.fixture
def table(tmp_path):
    """Write a file and read it."""

    def read(content, **options):
        path = tmp_path / "my.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_csv(path, **options)

    return read


def test_numbers_are_a_regression_on_the_last_column(table):
    """Plain numbers, last column the target."""
    data = table("a,b,y\n1,2,3\n4,5,6.5\n")
    assert (data.task, data.input_names, data.target_names) == ("regression", ("a", "b"), ("y",))
    np.testing.assert_array_equal(data.inputs, [[1, 2], [4, 5]])
    np.testing.assert_array_equal(data.targets, [[3], [6.5]])


def test_zeros_and_ones_are_a_binary_target(table):
    """A column of 0 and 1 asks yes or no."""
    assert table("x,y\n1,0\n2,1\n").task == "binary"


def test_text_makes_classes(table):
    """Labels become one output each, in alphabetical order."""
    data = table("x,kind\n1,pear\n2,apple\n3,pear\n")
    assert (data.task, data.classes) == ("classes", ("apple", "pear"))
    np.testing.assert_array_equal(data.targets, [[0, 1], [1, 0], [0, 1]])


def test_columns_are_chosen_by_name(table):
    """Inputs and targets may be any columns, in the order in which they are named."""
    data = table("a,b,c\n1,0,3\n4,1,6\n", target=["b"], inputs=["c"])
    assert data.task == "binary"
    np.testing.assert_array_equal(data.inputs, [[3], [6]])


@pytest.mark.parametrize("content", [
    "\ufeffx,y\r\n1,2\r\n3,4\r\n", "x;y\n1;2\n3;4\n", "x\ty\n1\t2\n3\t4\n", '"x","y"\n"1","2"\n3,4\n', "x,y\n\n1,2\n\n3,4",
])  # fmt: skip
def test_dialects_are_found(table, content):
    """A byte order mark, CRLF, other delimiters, quotes and blank lines are all the same data."""
    np.testing.assert_array_equal(table(content).inputs, [[1], [3]])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the file is empty"),
        ("x,y\n", "a header but no rows"),
        ("1,2\n3,4\n", "looks like data, not a header"),
        ("x\n1\n", "at least two columns"),
        ("x,x\n1,2\n", "two columns are called 'x'"),
        ("x,,y\n1,2,3\n", "column 2 has no name"),
        ("x,y\n1,2\n3\n", "my.csv:3: expected 2 cells and found 1"),
        ("x,y\nabc,2\n", "my.csv:2: column 'x': 'abc' is not a number"),
        ("x,y\n1,2\n,4\n", "my.csv:3: column 'x': the value is missing"),
        ("x,y\n1,2\nNA,4\n", "the value is missing ('NA')"),
        ("x,y\n1,2\ninf,4\n", "'inf' is not finite"),
        ("x,y\n1,a\n2,a\n", "one class only"),
        ("x,y\n1,2\n3,\n", "my.csv:3: column 'y': the value is missing"),
        ('x,y\n"1,2\n', "quote is not closed"),
        (b"x,y\n1,\xff\n", "my.csv:2: this is not UTF-8"),
        (b"x,y\n1,\x00\n", "NUL"),
        ("x,y\n" + "".join(f"{i},w{i}\n" for i in range(300)), "300 different texts"),
    ],
)
def test_what_is_wrong_is_said_with_line_and_column(table, content, said):
    """A file that cannot be read is refused in one line that says where."""
    with pytest.raises(SourceError) as caught:
        table(content)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_wrong_columns_are_refused(table):
    """Unknown columns, and one that is input and target at once."""
    with pytest.raises(SourceError, match="no column 'z'"):
        table("x,y\n1,2\n", target=["z"])
    with pytest.raises(SourceError, match="at once"):
        table("x,y\n1,2\n", inputs=["y"])


def test_constant_columns_are_noted_and_one_row_is_allowed(table):
    """A column that tells nothing is said; a single sample can be trained on."""
    assert "constant" in table("x,z,y\n1,7,2\n2,7,3\n").notices[0]
    assert table("x,y\n1,2\n").rows == 1


def test_hostile_names_are_made_harmless(table):
    """Escape sequences and bidirectional marks never reach the screen."""
    data = table("x\x1b[31m,y\u202e\n1,2\n3,4\n")
    assert data.input_names == ("x\ufffd[31m",)
    assert data.target_names == ("y\ufffd",)
    assert len(clean("a" * 1000)) == 80


def test_a_name_that_is_nothing_is_answered_with_a_guess():
    """A slip in a built-in name is met with the nearest one."""
    with pytest.raises(SourceError, match="did you mean xor"):
        open_source("xorr")


@settings(max_examples=50)
@given(
    st.lists(
        st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=3, max_size=3), min_size=1, max_size=30
    ),
    st.sampled_from(",;\t|"),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_numbers_survive_any_dialect(tmp_path_factory, rows, delimiter, quoting, newline):
    """What a spreadsheet wrote comes back to the last bit."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator=newline)
    writer.writerows([("a", "b", "c"), *rows])
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    path.write_bytes(file.getvalue().encode())
    data = read_csv(path)
    np.testing.assert_array_equal(np.hstack([data.inputs, data.targets]), rows)
