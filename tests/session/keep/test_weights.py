"""Weights are loaded from this program's files and from others', and stay what they are in a session file."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from tui_backprop.cli.main import main
from tui_backprop.core.network import Network, Parameters
from tui_backprop.session.keep.one_line import OneLineError, command_of, recipe_string
from tui_backprop.session.keep.session_file import SessionFileError, read_session
from tui_backprop.session.keep.sitting import restored, saved, write_session
from tui_backprop.session.keep.weights.reading import WeightsError, read_weights, scaling_note
from tui_backprop.session.keep.weights.writing import weights_file
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session
from tui_backprop.system.outputs import Output

NETWORK = Network((2, 3, 1), ("tanh", "sigmoid"))
W1, B1, W2, B2 = np.arange(6.0).reshape(2, 3) / 7, np.arange(3.0), np.arange(3.0).reshape(3, 1) - 1, np.array([0.5])
THETA = [*W1.ravel(), *B1, *W2.ravel(), *B2]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def loaded(path):
    return [value for values in read_weights(path, NETWORK).values() for value in values]


@pytest.mark.parametrize(
    "arrays",
    [
        {"w1": W1, "b1": B1, "w2": W2, "b2": B2},
        {"B2": B2, "W2": W2, "B1": B1, "W1": W1},
        {"w1": W1.T, "b1": B1[:, None], "w2": W2.T, "b2": B2[None]},
        {"0.weight": W1.T, "0.bias": B1, "2.weight": W2.T, "2.bias": B2},
        {"arr_0": W1, "arr_1": B1, "arr_2": W2, "arr_3": B2},
    ],
    ids=["as ours", "capitals", "the other way round", "as PyTorch's", "without names"],
)
def test_arrays_that_fit_are_loaded(folder, arrays):
    """By name or by order, whichever way a matrix lies."""
    np.savez(folder / "net.npz", **arrays)
    assert loaded(folder / "net.npz") == THETA


def test_square_matrices_of_pytorch_are_turned(folder):
    """A `weight` is (fan_out, fan_in), even where that cannot be seen from its shape."""
    network, matrix = Network((2, 2), ("linear",)), np.array([[1.0, 2.0], [3.0, 4.0]])
    np.savez(folder / "net.npz", **{"fc.weight": matrix, "fc.bias": np.zeros(2)})
    assert read_weights(folder / "net.npz", network)["w1"] == (1.0, 3.0, 2.0, 4.0)


def test_tensors_of_other_libraries_are_loaded(folder):
    """Single precision as well."""
    safetensors = pytest.importorskip("safetensors.numpy", reason="the extra [weights] is not installed")
    tensors = {"0.weight": W1.T, "0.bias": B1, "1.weight": W2.T, "1.bias": B2}
    safetensors.save_file(
        {name: np.ascontiguousarray(one, dtype=np.float32) for name, one in tensors.items()}, "a.safetensors"
    )
    assert loaded(folder / "a.safetensors") == pytest.approx(THETA, rel=1e-6)
    (folder / "b.safetensors").write_bytes(b"\xff" * 40)
    with pytest.raises(WeightsError, match=r"no \.safetensors file"):
        loaded(folder / "b.safetensors")


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no such file"),
        (b"no zip", "no .npz file, or it is damaged"),
        (npz(w1=np.array([{}], dtype=object)), "Python objects, which are not read"),
        (npz(w1=W1, b1=B1), r"it has no w2, which the network 2-3-1 has \(it has w1, b1\)"),
        (npz(w1=np.ones((2, 4)), b1=np.ones(4), w2=np.ones((4, 1)), b2=B2), r"w1 is \(2, 4\), .* 2-3-1 is \(2, 3\)"),
        (npz(w1=W1 * np.nan, b1=B1, w2=W2, b2=B2), "w1 has values that are not finite numbers"),
        (npz(names=np.array(["a"])), "it has no w1"),
        (npz(one=W1, two=B1, three=W2), "it has no b2"),
    ],
)
def test_a_bad_file_is_one_line(folder, capsys, content, said):
    """It says what was found and what was expected, and the command ends with 2."""
    if content is not None:
        (folder / "net.npz").write_bytes(content)
    with pytest.raises(WeightsError, match=said):
        loaded(folder / "net.npz")
    assert main(["run", "xor", "--hidden", "3", "--weights-from", "net.npz", "--steps", "1"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)


def test_what_runs_go_on_from_is_what_was_written(folder, capsys):
    """Weights of a run, loaded, answer as it did; the loss begins where it ended; the same command makes the same run."""
    assert main(["export", "xor", "--steps", "60", "--weights", "net.npz", "-q"]) == 0
    before, after = Session(suggested_recipe("xor")), Session(suggested_recipe("xor"))
    before.run(60)
    after.edit_in_place(read_weights(folder / "net.npz", after.problem.network), {}, "net.npz")
    assert np.array_equal(after.state.parameters, before.state.parameters)
    assert after.frame().first_parameters.tolist() == before.state.parameters.tolist()
    assert command_of(after.current) == "tui-backprop xor --weights-from net.npz"
    with pytest.raises(OneLineError, match=r"net\.npz is a file of yours"):
        recipe_string(after.current)
    after.run(5)
    assert main(["run", "xor", "--weights-from", "net.npz", "--steps", "5", "--predictions", "-"]) == 0
    last = capsys.readouterr().out.splitlines()[1].split(",")[-1]
    assert float(last) == after.problem.predict(after.state.parameters, after.problem.train.raw)[0, 0]
    assert main(["run", "xor", "--edit", "3:weights-from=net.npz", "--steps", "3", "-q", "--weights", "same.npz"]) == 0
    assert (folder / "same.npz").read_bytes() == (folder / "net.npz").read_bytes()
    assert main(["run", "xor", "--steps", "3", "--weights", "net.doc"]) == 2


def test_a_session_has_loaded_weights_with_it(folder):
    """As arrays in a zip beside its text: bit for bit the same, also after the file is gone."""
    session = Session(suggested_recipe("xor"))
    (folder / "net.npz").write_bytes(weights_file(session.problem, session.state.parameters * np.pi, ".npz"))
    session.run(7)
    session.edit_in_place(read_weights(folder / "net.npz", session.problem.network), {}, "net.npz")
    session.run(30)
    write_session(Output("session", folder / "a.tbp"), saved(session))
    (folder / "net.npz").unlink()
    with zipfile.ZipFile(folder / "a.tbp") as archive:
        assert archive.namelist()[0] == "session.json"
        assert all(name.endswith(".npy") for name in archive.namelist()[1:])
        assert len(archive.read("session.json")) < 4000
    again = restored(read_session(folder / "a.tbp"), folder)
    assert again.state.same_values(session.state)
    again.go_to(7)
    theta = Parameters(session.problem.network, again.state.parameters)
    assert theta["w1"].tolist() == theta.by_name()["w1"].tolist()
    assert again.current.edits[0].origin == "net.npz"
    write_session(Output("session", folder / "b.tbp"), saved(again))
    again.go_to(37)
    write_session(Output("session", folder / "b.tbp"), saved(again))
    assert (folder / "b.tbp").read_bytes() == (folder / "a.tbp").read_bytes()


@pytest.mark.parametrize(
    "spoil", [lambda data: data[: len(data) // 2], lambda data: data[:200] + b"\0" * 50 + data[250:]]
)
def test_a_damaged_session_with_weights_is_one_sentence(folder, spoil):
    """Never a traceback."""
    session = Session(suggested_recipe("xor"))
    values = {"w1": tuple(float(i) for i in range(8))}
    session.edit_in_place(values, {}, "net.npz")
    write_session(Output("session", folder / "a.tbp"), saved(session))
    (folder / "a.tbp").write_bytes(spoil((folder / "a.tbp").read_bytes()))
    with pytest.raises(SessionFileError):
        read_session(folder / "a.tbp")


def test_another_scaling_is_told(folder):
    """Its answers would be others."""
    session, other = Session(suggested_recipe("iris")), Session(suggested_recipe("iris", scale_inputs="minmax"))
    (folder / "net.npz").write_bytes(weights_file(session.problem, session.state.parameters, ".npz"))
    assert scaling_note(folder / "net.npz", session.problem) == ""
    assert "inputs scaled by other numbers" in scaling_note(folder / "net.npz", other.problem)
