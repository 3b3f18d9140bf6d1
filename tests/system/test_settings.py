"""Settings for good: read from TOML, with a sentence for what cannot be."""

import pytest

from tui_backprop.system.settings import Settings, SettingsError, read_settings

ACTIONS = {"run": "space", "step": "n"}


def read(tmp_path, text):
    path = tmp_path / "config.toml"
    path.write_text(text)
    return read_settings(path, ACTIONS)


def test_without_a_file_everything_is_as_usual(tmp_path):
    """Nobody has to write one."""
    assert read_settings(tmp_path / "none.toml", ACTIONS) == Settings()


def test_what_is_printed_can_be_read(tmp_path):
    """The lines of any settings are a file of the same settings."""
    settings = Settings("nord", "ascii", "100", 5, {"run": "f5"})
    assert read(tmp_path, "\n".join(settings.lines())) == settings
    assert read(tmp_path, "speed = 100\n").speed == "100"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("glyph = 'ascii'", "did you mean glyphs"),
        ("glyphs = 'emoji'", "braille, blocks or ascii"),
        ("speed = 3", "1, 10, 100, 1000 or full"),
        ("frames = 0", "from 1 to 60"),
        ("frames = true", "from 1 to 60"),
        ("theme = 3", "expected a name"),
        ("keys = 3", "a table"),
        ("[keys]\nstpe = 'x'", "did you mean step"),
        ("[keys]\nstep = 3", "expected a key"),
        ("theme", "not TOML"),
    ],
)
def test_what_cannot_be_is_one_sentence(tmp_path, text, why):
    """With what was meant, or what there is."""
    with pytest.raises(SettingsError, match=why) as caught:
        read(tmp_path, text)
    assert str(caught.value).count("\n") == 0
