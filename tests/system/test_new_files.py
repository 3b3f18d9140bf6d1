"""Files that are written beside what is there."""

from __future__ import annotations

import pytest

from tui_backprop.system.outputs import write_new


def test_no_file_is_ever_written_over(tmp_path):
    """The second of a name gets a number, whatever the first one is: a file, a folder, or a link to nowhere."""
    first = write_new(tmp_path, "moons-step-3", "svg", b"one")
    assert first == tmp_path / "moons-step-3.svg"
    (tmp_path / "moons-step-3-2.svg").mkdir()
    (tmp_path / "moons-step-3-3.svg").symlink_to(tmp_path / "elsewhere")
    second = write_new(tmp_path, "moons-step-3", "svg", b"two")
    assert second == tmp_path / "moons-step-3-4.svg"
    assert (first.read_bytes(), second.read_bytes()) == (b"one", b"two")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("name", "stem"),
    [("../../etc/passwd", "etc-passwd"), ("a b;rm -rf $HOME", "a-b-rm-rf-home"), ("-n", "n"), ("…", "picture"),
     ("", "picture"), ("Ünïcode.csv step 1", "n-code-csv-step-1"), ("x\x00y\n", "x-y"), ("w" * 300, "w" * 60)],
)  # fmt: skip
def test_names_mean_nothing_to_a_shell_or_a_file_system(tmp_path, name, stem):
    """Letters, digits and hyphens, in the folder that was asked for, and of a length that every file system takes."""
    assert write_new(tmp_path, name, "txt", b"") == tmp_path / f"{stem}.txt"


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path, monkeypatch):
    """A folder that is not there is said; a file that was begun and failed is taken away."""
    with pytest.raises(OSError, match="nowhere"):
        write_new(tmp_path / "nowhere", "a", "svg", b"")
    with pytest.raises(TypeError):
        write_new(tmp_path, "a", "svg", "text, not bytes")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
