"""All keys on one screen, with a line to search them, and the manual beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input, Markdown, OptionList, Static
from textual.widgets.option_list import Option

from tui_backprop.session.manual import START, TOPICS, manual_page, title
from tui_backprop.ui.keys import Key
from tui_backprop.ui.panels.panel import Panel
from tui_backprop.ui.screens.dialog import Dialog

_COLUMN = 17  # cells of a key and its word
_KEYS, _MANUAL = "keys", "manual"
_PANELS = "Panels"

Shown = tuple[str, str, str]
"""A key as people write it, a word or two, and a sentence."""


class KeysScreen(Dialog[None]):
    """What each key does, those of the panel that had the focus first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "close"),
        Binding("question_mark", "dismiss", "close", priority=True),
        Binding("tab", "turn", "keys, or the manual", priority=True),
        Binding("down", "into", "to the topics", show=False),
    ]

    def __init__(self, keys: Sequence[Key], panel: Panel[Any] | None = None) -> None:
        super().__init__()
        self._keys, self._panel = keys, panel

    def compose(self) -> ComposeResult:
        """Show the line and the keys; the manual is behind them."""
        with Vertical(classes="dialog keys") as dialog:
            dialog.border_subtitle = "type to search   tab: keys or manual   escape closes"
            yield Input(placeholder="search", compact=True)
            with VerticalScroll(id=_KEYS, can_focus=False):
                yield Static(id="table", markup=False)
            yield OptionList(*(Option(title(one), id=one) for one in (START, *TOPICS)), id=_MANUAL)
            with VerticalScroll(id="page"):
                yield Markdown()

    def on_mount(self) -> None:
        """Begin with the keys."""
        super().on_mount()
        self._show(_KEYS)
        self.query_one(Input).focus()

    def on_resize(self) -> None:
        """Set the keys in as many columns as there is room for."""
        self.call_after_refresh(self._search)

    def _show(self, name: str) -> None:
        for one in (_KEYS, _MANUAL, "page"):
            self.query_one(f"#{one}").display = one == name
        tabs = ("Keys", "Manual") if name == _KEYS else ("Manual", "Keys")
        self.query_one(".dialog").border_title = Text.assemble((tabs[0], "bold reverse"), f"  {tabs[1]}")

    def action_turn(self) -> None:
        """Go from the keys to the manual, or back."""
        self._show(_MANUAL if self.query_one(f"#{_KEYS}").display else _KEYS)
        self.query_one(Input).focus()
        self._search()

    def action_into(self) -> None:
        """Go from the line into the topics."""
        topics = self.query_one(OptionList)
        if topics.display and topics.option_count:
            topics.highlighted = 0
            topics.focus()

    def action_back(self) -> None:
        """Go from a page to the topics, or close."""
        if self.query_one("#page").display:
            self._show(_MANUAL)
            self.query_one(OptionList).focus()
        else:
            self.dismiss()

    @on(Input.Changed)
    def _search(self) -> None:
        """Show what the line has: keys with their sentences, or the pages of the manual with these words."""
        wanted = self.query_one(Input).value.strip().lower()
        if self.query_one(f"#{_KEYS}").display:
            room = self.query_one(f"#{_KEYS}").size
            groups = [*self._panel_keys(), *keys_by_group(self._keys)]
            lines = found_lines(groups, wanted) if wanted else in_columns(groups, room.width, room.height)
            self.query_one("#table", Static).update(Text("\n", no_wrap=True, overflow="ellipsis").join(lines))
        else:
            topics = self.query_one(OptionList)
            topics.clear_options()
            known = [one for one in (START, *TOPICS) if wanted in manual_page(one).lower()]
            topics.add_options([Option(title(one), id=one) for one in known])

    @on(Input.Submitted)
    def _first(self) -> None:
        """Open the first page that was found."""
        topics = self.query_one(OptionList)
        if topics.display and topics.option_count:
            topics.highlighted = 0
            topics.action_select()

    @on(OptionList.OptionSelected)
    async def _read(self, message: OptionList.OptionSelected) -> None:
        await self.query_one(Markdown).update(manual_page(str(message.option.id)))
        self._show("page")
        self.query_one("#page").focus()

    def _panel_keys(self) -> Iterable[tuple[str, list[Shown]]]:
        """Return the keys of the panel that had the focus."""
        if self._panel is None:
            return []
        shown = [
            (self.app.get_key_display(one), one.description, f"{one.description}.")
            for one in Binding.make_bindings(type(self._panel).BINDINGS)
            if one.description
        ]
        return [(f"In {self._panel.name_shown}", shown)] if shown else []


def keys_by_group(keys: Sequence[Key]) -> list[tuple[str, list[Shown]]]:
    """Return the keys by the groups that they are in, `^p` last."""
    groups: list[tuple[str, list[Shown]]] = []
    for key in keys:
        panel = key.action.startswith("panel(")
        if not groups or key.begins or panel != (groups[-1][0] == _PANELS):
            groups.append((_PANELS if panel else key.begins, []))
        groups[-1][1].append((key.shown, key.label, key.help))
    groups[-1][1].append(("^p", "palette", "Everything by name."))
    return groups


def found_lines(groups: Iterable[tuple[str, Sequence[Shown]]], wanted: str) -> list[Text]:
    """Return a line for each key of which anything has a text, with its sentence."""
    found = [one for _, keys in groups for one in keys if any(wanted in part.lower() for part in one)]
    lines = [Text.assemble((f"{key:<9}", "bold"), sentence) for key, _, sentence in found]
    return lines or [Text("no key does that: tab searches the manual", style="dim")]


def in_columns(groups: Iterable[tuple[str, Sequence[Shown]]], width: int, rows: int) -> list[Text]:
    """Return the keys with their words in columns, as few as the rows allow, each group under its heading."""
    cells: list[Text] = []
    for heading, keys in groups:
        if heading == _PANELS:  # the tabs name them
            cells.append(
                Text.assemble(("".join(key for key, *_ in keys).replace("123456789", "1–9"), "bold"), " panels")
            )
            continue
        cells += [Text(heading, style="bold underline")] if heading else []
        cells += [Text.assemble((f"{key} ", "bold"), word) for key, word, _ in keys]
    most = max(1, width // _COLUMN)
    columns = next((n for n in range(1, most) if -(-len(cells) // n) <= rows), most)
    height = -(-len(cells) // columns)
    parts = [cells[at : at + height] for at in range(0, len(cells), height)]
    lines = []
    for row in zip_longest(*parts, fillvalue=Text()):
        line = Text(no_wrap=True)
        for cell in row:
            shown = cell.copy()
            shown.truncate(width // columns - 1, overflow="ellipsis", pad=True)
            line.append_text(shown).append(" ")
        lines.append(line)
    return lines
