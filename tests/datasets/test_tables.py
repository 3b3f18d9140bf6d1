"""Tables as people have them: every one trains at the first try, or is answered with the option that helps."""

from __future__ import annotations

import numpy as np
import pytest

from tests.datasets.refusal import refusal
from tui_backprop.datasets.dataset import SourceError
from tui_backprop.datasets.numerals import cell_kind, number_in
from tui_backprop.datasets.reading import TableOptions
from tui_backprop.datasets.source import open_source
from tui_backprop.text.cleaning import clean

# What a target is.


def test_numbers_are_a_regression_on_the_last_column(table):
    """Plain numbers, last column the target."""
    data = table("a,b,y\n1,2,3\n4,5,6.5\n")
    assert (data.task, data.input_names, data.target_names) == ("regression", ("a", "b"), ("y",))
    np.testing.assert_array_equal(data.inputs, [[1, 2], [4, 5]])
    np.testing.assert_array_equal(data.targets, [[3], [6.5]])


def test_zeros_and_ones_are_a_binary_target(table):
    """A column of 0 and 1 asks yes or no, unless the option says otherwise."""
    content = "x,y\n1,0\n2,1\n3,0\n4,1\n"
    assert table(content).task == "binary"
    assert table(content, task="classes").classes == ("0", "1")
    assert table(content, task="numbers").task == "regression"


def test_text_makes_classes(table):
    """Labels become one output each, in alphabetical order."""
    data = table("x,kind\n1,pear\n2,apple\n3,pear\n")
    assert (data.task, data.classes) == ("classes", ("apple", "pear"))
    np.testing.assert_array_equal(data.targets, [[0, 1], [1, 0], [0, 1]])
    assert "--task numbers" in refusal(table, "x,kind\n1,pear\n2,apple\n", task="numbers")


def test_few_whole_numbers_that_come_again_are_classes(table):
    """At most twenty whole values, each at least twice, are classes in the order of the numbers; a note says so."""
    data = table("x,digit\n" + "".join(f"{i},{i % 11 - 1}\n" for i in range(44)))
    assert (data.task, data.classes) == ("classes", tuple(map(str, range(-1, 10))))
    assert "--task numbers" in data.notices[-1]
    assert table("x,y\n" + "".join(f"{i},{i % 11}\n" for i in range(44)), task="numbers").task == "regression"
    for other in ("2.5", "77"):  # not whole, and only once
        assert table("x,y\n" + "".join(f"{i},{i % 11}\n" for i in range(44)) + f"1,{other}\n").task == "regression"
    assert table("x,y\n" + "".join(f"{i},{i % 21}\n" for i in range(63))).task == "regression"
    assert table("x,y\n" + "".join(f"{i},{i % 21}\n" for i in range(63)), task="classes").task == "classes"


def test_columns_are_chosen_by_name(table):
    """Inputs and targets may be any columns, in the order in which they are named."""
    data = table("a,b,c\n1,0,3\n4,1,6\n", target=("b",), inputs=("c",))
    assert data.task == "binary"
    np.testing.assert_array_equal(data.inputs, [[3], [6]])
    assert "unknown column 'z'; available: x, y" in refusal(table, "x,y\n1,2\n", target=("z",))
    assert "at once" in refusal(table, "x,y\n1,2\n", inputs=("y",))


def test_a_column_that_is_called_a_target_is_one(table):
    """Files of images have the label first: it is taken by its name, and the note names the option."""
    content = "label,a,b\n0,1,2\n1,2,3\n2,3,4\n0,1,9\n1,8,8\n2,0,7\n"
    data = table(content)
    assert (data.target_names, data.input_names, data.task) == (("label",), ("a", "b"), "classes")
    assert any("--target" in note for note in data.notices)
    assert table(content, target=("b",)).input_names == ("label", "a")
    assert table("label,class,b\n0,1,2\n1,2,3\n").target_names == ("b",)


# Text, gaps and indices among the inputs.


def test_text_inputs_become_a_column_for_each_value(table):
    """Ordered by value, named column=value, each 0 or 1."""
    data = table("n,colour,y\n1,red,1.5\n2,green,2\n3,red,3\n4,blue,9\n")
    assert data.input_names == ("n", "colour=blue", "colour=green", "colour=red")
    np.testing.assert_array_equal(data.inputs, [[1, 0, 0, 1], [2, 0, 1, 0], [3, 0, 0, 1], [4, 1, 0, 0]])
    assert any("colour (3)" in note for note in data.notices)


def test_text_with_many_values_is_left_out_unless_it_is_named(table):
    """Fifty different values are taken, more are left out with a note; where --inputs names the column it is an error."""
    fifty = "name,x,y\n" + "".join(f"n{i % 50},{i},{i / 7}\n" for i in range(60))
    assert table(fifty).n_inputs == 51
    for many in (51, 400):
        content = "name,x,y\n" + "".join(f"n{i},{i},{i / 7}\n" for i in range(many))
        data = table(content)
        assert data.input_names == ("x",)
        assert "'name' is text with more than 50 different values" in data.notices[0]
        assert "--inputs" in refusal(table, content, inputs=("name", "x"))


GAPS = "a,b,colour,y\n1,10,red,1\n,20,blue,2\n3,NA,red,\n5,40,,4\n7,60,blue,8\n"


def test_rows_with_gaps_are_dropped_or_filled_and_it_is_said(table):
    """By default the row goes; `mean` fills all but the target; `error` says where the first gap is."""
    dropped = table(GAPS)
    np.testing.assert_array_equal(dropped.inputs, [[1, 10, 0, 1], [7, 60, 1, 0]])
    assert any("3 of 5 rows have gaps" in note and "--missing mean" in note for note in dropped.notices)
    filled = table(GAPS, missing="mean")
    np.testing.assert_allclose(filled.inputs, [[1, 10, 0, 1], [13 / 3, 20, 1, 0], [5, 40, 2 / 3, 1 / 3], [7, 60, 1, 0]])
    assert any("1 of 5 rows" in note for note in filled.notices)
    assert any("filled with the mean" in note for note in filled.notices)
    said = refusal(table, GAPS, missing="error")
    assert "my.csv:3: column 'a': the value is missing ('')" in said
    assert "--missing drop" in said


def test_a_table_of_which_nothing_would_be_left_names_the_option(table):
    """All rows have a gap: the answer is the option, not an empty training set."""
    assert "--missing mean" in refusal(table, "a,b,y\n1,,3\n,2,5\n")
    assert table("a,b,y\n1,,3\n,2,5\n", missing="mean").rows == 2


def test_columns_that_are_mostly_empty_cost_no_rows(table):
    """A column with a value in few rows is left out, so that the rows stay; an empty one always is."""
    content = "a,cabin,none,y\n1,,,3\n2,C1,,5\n3,,,5.5\n4,,,7\n"
    data = table(content)
    assert (data.rows, data.input_names) == (4, ("a",))
    assert ["'cabin'" in note for note in data.notices] == [True, False]
    assert table(content, inputs=("cabin",)).rows == 1


@pytest.mark.parametrize("name", ["id", "ID", "index", "", "PassengerId", "customer_id", "Unnamed: 0"])
def test_an_index_is_left_out_unless_it_is_the_only_input(table, name):
    """A column called id, index or nothing, all of whose values are different, only numbers the rows."""
    data = table(f"{name},x,y\n1,5,1.5\n2,5.5,2\n3,7,9\n")
    assert data.input_names == ("x",)
    assert "--inputs" in data.notices[0]
    assert table(f"{name},y\n1,1.5\n2,2\n3,9\n").n_inputs == 1
    assert table(f"{name},x,y\n1,5,1.5\n1,5.5,2\n3,7,9\n").n_inputs == 2
    if name:
        assert table(f"{name},x,y\n1,5,1.5\n2,5.5,2\n", inputs=(name, "x")).n_inputs == 2


def test_constant_columns_are_noted_and_one_row_is_allowed(table):
    """A column that tells nothing is said; a single sample can be trained on."""
    assert "constant" in table("x,z,y\n1,7,2\n2,7,3\n").notices[0]
    assert table("x,y\n1,2\n").rows == 1


# Numbers, encodings and dialects.


@pytest.mark.parametrize("content", [
    "\ufeffx,y\r\n1,2\r\n3,4\r\n", "x;y\n1;2\n3;4\n", "x\ty\n1\t2\n3\t4\n", '"x","y"\n"1","2"\n3,4\n', "x,y\n\n1,2\n\n3,4",
    "sep=;\nx;y\n1;2\n3;4\n", "x;y\n1,0;2,0\n3,0;4,0\n", "x|y\n$1|2\n€3|4\n",
])  # fmt: skip
def test_dialects_are_found(table, content):
    """A byte order mark, CRLF, other delimiters, quotes and blank lines are all the same data."""
    np.testing.assert_array_equal(table(content).inputs, [[1], [3]])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings_are_found(table, encoding):
    """A byte order mark or the bytes themselves tell the encoding; Windows' own is noted."""
    data = table("Größe;Straße\n1,5;grün\n2,5;blau\n3,25;grün\n".encode(encoding))
    assert (data.input_names, data.classes) == (("Größe",), ("blau", "grün"))
    assert any("Windows-1252" in note for note in data.notices) == (encoding == "cp1252")


@pytest.mark.parametrize(("text", "point", "comma", "kind"), [
    ("1234", 1234, 1234, "plain"), ("-1e3", -1000, -1000, "plain"), ("1.5", 1.5, None, "point"),
    ("1,5", None, 1.5, "comma"), ("1.234", 1.234, 1234, "either"), ("1,234", 1234, 1.234, "either"),
    ("0.123", 0.123, None, "point"), ("0,123", None, 0.123, "comma"), ("1.234,5", None, 1234.5, "comma"),
    ("1,234.5", 1234.5, None, "point"), ("1.234.567", None, 1234567, "comma"), ("1 234 567", 1234567, 1234567, "plain"),
    ("1'234.5", 1234.5, None, "point"), ("1\u202f234,5", None, 1234.5, "comma"), ("−5", -5, -5, "plain"),
    ("$1,234.50", 1234.5, None, "point"), ("12,5 %", None, 12.5, "comma"), ("12%", 12, 12, "plain"),
    ("-$3", -3, -3, "plain"), ("1_000", None, None, "text"), ("A1", None, None, "text"),
    ("1.2.3", None, None, "text"), ("12,34,5", None, None, "text"),
    ("NA", None, None, "gap"), ("inf", np.inf, None, "infinite"),
])  # fmt: skip
def test_numbers_as_people_write_them(text, point, comma, kind):
    """Decimal marks, marks of thousands, currencies and percent signs; where a point could be either it is said."""
    assert (number_in(text, "point"), number_in(text, "comma"), cell_kind(text)) == (point, comma, kind)


def test_ambiguous_thousands_follow_the_table_or_are_noted(table):
    """`1.234` is what the other numbers say; where none does it is a decimal point, and the note names the option."""
    data = table("a;b;y\n1.234;0,5;1,5\n2.345;1,5;2\n")
    np.testing.assert_array_equal(data.inputs, [[1234, 0.5], [2345, 1.5]])
    assert not data.notices
    for content in ("a;y\n1.234;5\n2.345;6\n", "a,c,y\n1.234,p,5\n2.345,q,6\n"):
        data = table(content)
        assert data.inputs[0, 0] == 1.234
        assert any("--decimal comma" in note for note in data.notices)
        assert table(content, decimal="comma").inputs[0, 0] == 1234
        assert not any("--decimal" in note for note in table(content, decimal="point").notices)
    assert not table("a,y\n1.234,5\n2.5,6\n").notices
    data = table('a,y\n"1,234",5\n"2,345",6\n')
    assert data.inputs[0, 0] == 1234
    assert "--decimal comma" in data.notices[0]


def test_a_missing_header_is_named_or_told(table):
    """A first row of data is not taken for names: the option that says so is named, and works."""
    for content in ("1,2\n3,4\n", "5.1,3.5,setosa\n4.9,3.0,setosa\n6.0,2.0,virginica\n"):
        said = refusal(table, content)
        assert "looks like data, not a header" in said
        assert "--no-header" in said
    data = table("5.1,3.5,setosa\n4.9,3.0,setosa\n6.0,2.0,virginica\n", no_header=True)
    assert (data.rows, data.input_names, data.classes) == (3, ("x1", "x2"), ("setosa", "virginica"))
    assert table("1,2\n3,4\n", no_header=True, target=("x1",)).input_names == ("x2",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the file is empty"),
        ("x,y\n", "a header but no rows"),
        ("x\n1\n", "at least two columns"),
        ("x,x\n1,2\n", "two columns are called 'x'"),
        ("x,y\n1,2\n3\n", "my.csv:3: expected 2 cells and found 1"),
        ("x,y\n" + "1,2\n" * 20 + "abc,2\n", "my.csv:22: column 'x': 'abc' is not a number; correct it, or"),
        ("x,y\n1,2\ninf,4\n", "'inf' is not finite"),
        ("x,y\n1,a\n2,a\n", "one class only"),
        ('x,y\n"1,2\n', "quote is not closed"),
        (b"x,y\n1,\x00\n", "NUL"),
        (b"\x89PNG\r\n\x1a\n\x00\x00,\x00\n", "NUL"),
        ("x,y\n" + "".join(f"{i},w{i}\n" for i in range(300)), "more than 256 different texts"),
    ],
)
def test_what_is_wrong_is_said_with_line_and_column(table, content, said):
    """A file that cannot be read is refused in one line that says where."""
    assert said in refusal(table, content)


def test_hostile_names_and_values_are_made_harmless(table):
    """Escape sequences and bidirectional marks never reach the screen; values that then look alike stay two."""
    data = table("x\x1b[31m,c,y\u202e\n1,a\x07,2\n3,a\x08,4\n")
    assert data.input_names == ("x\ufffd[31m", "c=a\ufffd", "c=a\ufffd′")
    assert data.target_names == ("y\ufffd",)
    assert len(clean("a" * 1000)) == 80


def test_a_name_that_is_nothing_is_answered_with_a_guess():
    """A slip in a built-in name is met with the nearest one."""
    with pytest.raises(SourceError, match="did you mean xor"):
        open_source("xorr")


def test_a_file_is_read_once_until_it_changes(tmp_path, monkeypatch):
    """A recipe is suggested for a table and then trained on; a table that changed, or was just written, is read again."""
    path = tmp_path / "my.csv"
    path.write_text("x,y\n1,2\n3,4\n")
    assert open_source(str(path)) is not open_source(str(path))
    monkeypatch.setattr("tui_backprop.datasets.source.time.time", lambda: path.stat().st_mtime + 60)
    data = open_source(str(path))
    assert open_source(str(path)) is data
    assert open_source(str(path), TableOptions(target=("x",))) is not data
    path.write_text("x,y\n1,2\n3,4\n5,6\n")
    assert open_source(str(path)).rows == 3


def test_a_table_has_a_bound_that_counts_its_classes(tmp_path, monkeypatch):
    """Each class is a column of the targets: 20 of them need more memory than one number."""
    path = tmp_path / "my.csv"
    path.write_text("x,y\n" + "".join(f"{i},c{i % 20}\n" for i in range(100)))
    monkeypatch.setattr("tui_backprop.datasets.columns.MAX_NUMBERS", 1000)
    with pytest.raises(
        SourceError, match="with 1 input and 20 classes there can be at most 45 rows here: --target names"
    ):
        open_source(str(path))
    path.write_text("x,y\n" + "".join(f"{i},{i / 8}\n" for i in range(1001)))
    with pytest.raises(SourceError, match="with 2 columns there can be at most 333 rows here: --inputs names"):
        open_source(str(path))
