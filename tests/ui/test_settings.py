"""Settings in the app: theme, keys, glyphs and speed."""

import pytest

from tui_backprop.cli.main import main
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session
from tui_backprop.system.settings import Settings, SettingsError, read_settings
from tui_backprop.ui.app import TrainerApp
from tui_backprop.ui.keys import KEYS, action_ids

BRAILLE = {chr(0x2800 + dots) for dots in range(1, 256)}


def trainer(**settings):
    app = TrainerApp(Session(suggested_recipe("xor")))
    app.apply_settings(Settings(**settings))
    return app


async def test_keys_theme_and_speed_are_those_of_the_settings():
    """The new key works, the old one does not, and the help shows the new one."""
    app = trainer(theme="textual-light", speed="10", keys={"step": "f7"})
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("n")
        assert app.session.step == 0
        await pilot.press("f7")
        assert app.session.step == 1
        assert app.theme == "textual-light"
        assert app.speed == 1
        assert next(key.shown for key in app.KEYS if key.id == "step") == "f7"


@pytest.mark.parametrize(("glyphs", "lacks"), [("blocks", BRAILLE), ("ascii", BRAILLE | set("─│╭●▁█"))])
async def test_no_sign_is_drawn_that_the_terminal_lacks(glyphs, lacks):
    """Curves, borders and marks are other characters, of the same width."""
    app = trainer(glyphs=glyphs)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press(*"nnn")
        await pilot.pause()
        seen = "\n".join("".join(one.text for one in line) for line in app.screen._compositor.render_strips())
    assert "Loss" in seen
    assert sorted(lacks & set(seen)) == []


def test_a_theme_that_there_is_not_is_a_sentence():
    """With one that is like it."""
    with pytest.raises(SettingsError, match="did you mean textual-dark"):
        trainer(theme="textual-drak")


def test_each_action_has_an_id_of_its_own():
    """So that settings can name it."""
    assert len(action_ids()) == len(KEYS)


def test_config_prints_what_it_reads(capsys, monkeypatch, tmp_path):
    """The path, and a file to begin with."""
    monkeypatch.setattr("tui_backprop.system.settings.user_config_path", lambda name: tmp_path / name)
    assert main(["config"]) == 0
    printed = capsys.readouterr().out
    assert str(tmp_path) in printed
    path = tmp_path / "mine.toml"
    path.write_text(printed)
    assert read_settings(path, action_ids()) == Settings()
    assert main(["config", "--actions"]) == 0
    assert "reload-rule" in capsys.readouterr().out
