"""Tables in other formats than text: arrays, JSON, workbooks, Parquet, packed files."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.datasets.refusal import refusal
from tests.datasets.shapes import workbook
from tui_backprop.datasets.content import content_of
from tui_backprop.datasets.dataset import SourceError
from tui_backprop.datasets.reading import TableOptions
from tui_backprop.datasets.source import open_source


def test_packed_tables_and_standard_input(tmp_path, monkeypatch):
    """`.gz` is unpacked whatever it is called, `-` is read once and used as often as needed; a damaged one is said."""
    packed = gzip.compress(b"a\tb\n1\t2\n3\t4\n")
    for name in ("my.tsv.gz", "my.tsv"):
        (tmp_path / name).write_bytes(packed)
        np.testing.assert_array_equal(open_source(str(tmp_path / name)).inputs, [[1], [3]])
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(packed)))
    for _ in range(2):
        np.testing.assert_array_equal(open_source("-").targets, [[2], [4]])
    (tmp_path / "my.tsv.gz").write_bytes(packed[:-9])
    with pytest.raises(SourceError, match="damaged or not complete"):
        content_of(str(tmp_path / "my.tsv.gz"))


def test_arrays_are_tables(tmp_path):
    """The last column of one array is the target, named arrays are columns, images are flattened; nothing is unpickled."""
    path = str(tmp_path / "my.npy")
    np.save(path, np.array([[1, 2, 3.5], [4, 5, 6]]))
    data = open_source(path)
    assert (data.input_names, data.target_names) == (("x1", "x2"), ("x3",))
    np.save(path, np.array([(1.0, "red"), (2.0, "blue")], dtype=[("size", "f8"), ("colour", "U5")]))
    assert open_source(path).classes == ("blue", "red")
    np.save(path, np.array([{}, {}], dtype=object), allow_pickle=True)
    with pytest.raises(SourceError, match="Python objects, which are not read"):
        open_source(path)
    path = str(tmp_path / "my.npz")
    images = np.random.default_rng(0).integers(0, 255, (40, 4, 4), np.uint8)
    np.savez_compressed(path, x_test=images[:8], y_test=np.zeros(8), x_train=images, y_train=np.arange(40) % 10)
    data = open_source(path)
    assert (data.rows, data.n_inputs, data.task, len(data.classes)) == (40, 16, "classes", 10)
    assert any("x_test, y_test" in note for note in data.notices)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", b"\x93NUMPY\x01\x00\xff\xff")
    with pytest.raises(SourceError, match="damaged"):
        open_source(path)


@pytest.mark.parametrize("text", [
    '[{"x": 1, "c": "red", "y": 2.5}, {"x": null, "c": "blue", "y": 3}, {"x": 3, "c": "red", "y": 4}]',
    '{"x": 1, "c": "red", "y": 2.5}\n{"c": "blue", "y": 3}\n{"x": 3, "c": "red", "y": 4}\n',
    '{"x": [1, null, 3], "c": ["red", "blue", "red"], "y": [2.5, 3, 4]}',
    '{"meta": 1, "rows": [{"x": 1, "c": "red", "y": 2.5}, {"x": "", "c": "blue", "y": 3}, {"x": 3, "c": "red", "y": 4}]}',
    '[["x", "c", "y"], [1, "red", 2.5], [null, "blue", 3], [3, "red", 4]]',
])  # fmt: skip
def test_json_is_a_table(table, text):
    """Records, a record a line, lists by name, records under a name, and rows with a header."""
    data = table(text, "my.json")
    assert data.input_names == ("x", "c=red")
    np.testing.assert_array_equal(data.inputs, [[1, 1], [3, 1]])


@pytest.mark.parametrize(("text", "said"), [
    ("{", "my.json:1: this is not JSON"), ("[1, 2]", "expected a list of records"), ("[" * 100_000, "nested too deeply"),
    ('[{"x": [1], "y": 2}]', "record 1: a value is itself a list"), ('[{"x": 1e999, "y": 2}]', "is not finite"),
    ('[{"x": true, "y": {}}]', "record 1"), ("[[1, 2], [3, 4]]", "--no-header"),
])  # fmt: skip
def test_json_that_is_no_table_is_refused(table, text, said):
    """One line says what was expected."""
    assert said in refusal(table, text, "my.json")


def test_a_workbook_is_a_table(tmp_path):
    """The first sheet's cells are numbers or texts; what is no workbook is said."""
    pytest.importorskip("python_calamine")
    path = tmp_path / "my.xlsx"
    path.write_bytes(workbook([["x", "colour", "y"], [1, "red", 2.5], [2, "blue", 3.5], [None, "red", 4.25]]))
    data = open_source(str(path))
    assert (data.rows, data.input_names) == (2, ("x", "colour=blue", "colour=red"))
    path.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(SourceError, match="damaged"):
        open_source(str(path))


def test_parquet_is_a_table(tmp_path):
    """Numbers, texts and gaps of a Parquet file."""
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "my.parquet"
    columns = {"a.x": [1, None, 3], "c": ["a", "b", "a"], "n": ["1,5", "2,5", "1"], "y": [1.5, 2.5, 3.5]}
    parquet.write_table(pyarrow.table(columns), path)
    data = open_source(str(path), TableOptions(inputs=("c", "n", "a.x")))
    np.testing.assert_array_equal(data.inputs, [[1, 1.5, 1], [1, 1, 3]])
    assert data.input_names == ("c=a", "n", "a.x")
    parquet.write_table(pyarrow.table({"x": [1.0, np.inf], "y": [1, 2]}), path)
    with pytest.raises(SourceError, match="row 2: column 'x': inf is not finite"):
        open_source(str(path))
    path.write_bytes(b"PAR1" + b"\0" * 100)
    with pytest.raises(SourceError, match="damaged"):
        open_source(str(path))


@pytest.mark.parametrize(("module", "head", "name"), [
    ("python_calamine", b"PK\x05\x06" + b"\0" * 18, "my.xlsx"), ("pyarrow", b"PAR1", "my.parquet"),
])  # fmt: skip
def test_a_format_without_its_library_says_what_brings_it(tmp_path, monkeypatch, module, head, name):
    """The extra is named."""
    monkeypatch.setitem(__import__("sys").modules, module, None)
    (tmp_path / name).write_bytes(head)
    with pytest.raises(SourceError, match=r"tui-backprop\[tables\]"):
        open_source(str(tmp_path / name))


def test_a_set_of_scikit_learn_by_name(monkeypatch):
    """Where it is installed its sets are there by name; elsewhere it is said what brings it."""
    with pytest.raises(SourceError, match="available: sklearn:breast_cancer"):
        open_source("sklearn:nothing")
    monkeypatch.setitem(__import__("sys").modules, "sklearn.datasets", None)
    with pytest.raises(SourceError, match="pip install scikit-learn"):
        open_source("sklearn:wine")
    monkeypatch.undo()
    pytest.importorskip("sklearn")
    data = open_source("sklearn:wine")
    assert (data.rows, data.n_inputs, data.task, data.n_outputs) == (178, 13, "classes", 3)


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
    data = open_source(str(path), TableOptions(task="numbers"))
    np.testing.assert_array_equal(np.hstack([data.inputs, data.targets]), rows)


@settings(max_examples=80)
@given(st.binary(max_size=200) | st.text(alphabet='1,;."\n\tax-eé \x00[{}]:', max_size=80).map(str.encode))
def test_any_bytes_are_a_table_or_one_line(tmp_path_factory, content):
    """Nothing that a file may contain ends in anything but a data set or one clear line."""
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes(content)
    with contextlib.suppress(SourceError):
        data = open_source(str(path))
        assert np.isfinite(data.inputs).all()
        assert len(set(data.input_names)) == data.n_inputs
        json.dumps(data.notices)
