"""The footer: as many keys as fit whole, the most important first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

_ALWAYS = "show_keys"  # the action of the key that lists all the others
_PADDING = 3  # cells around and between a key and what it does


@dataclass(frozen=True)
class _Entry:
    """A key as the footer shows it."""

    key: str
    display: str
    description: str
    action: str
    dimmed: bool
    tooltip: str
    of_palette: bool = False

    @property
    def width(self) -> int:
        return len(self.display) + len(self.description) + _PADDING

    def widget(self) -> FooterKey:
        made = FooterKey(
            self.key,
            self.display,
            self.description,
            self.action,
            disabled=self.dimmed,
            tooltip=self.tooltip,
            classes="-command-palette" if self.of_palette else "",
        )
        if not self.of_palette:
            made.set_reactive(FooterKey.compact, False)  # as the footer is; to bind it to the footer's is slow
        return made


class KeysFooter(Footer):
    """Textual's footer without keys that the edge would cut; the key that lists all of them is there at any width."""

    _shown: Sequence[_Entry] | None = None

    def compose(self) -> ComposeResult:
        """Show the keys that fit."""
        self._shown = self._entries()
        for one in self._shown:
            yield one.widget()

    async def recompose(self) -> None:
        """Build it again, which is expensive, where it would show something else."""
        if self.is_attached and self._shown != self._entries():
            await super().recompose()

    def on_resize(self, event: events.Resize) -> None:
        """Choose again."""
        self.call_after_refresh(self.recompose)

    def _entries(self) -> Sequence[_Entry]:
        """Return what to show: no key behind the first that does not fit, but those that are always there."""
        keys = self._all()
        kept = [one for one in keys if one.action == _ALWAYS or one.of_palette]
        room = self.app.size.width - sum(one.width for one in kept)
        for one in keys:
            if one not in kept:
                room -= one.width
                if room < 0:
                    break
                kept.append(one)
        return sorted(kept, key=keys.index)

    def _all(self) -> Sequence[_Entry]:
        """Return the keys that may be shown, one for each action, and that of the palette."""
        if not self._bindings_ready:
            return []
        active = self.screen.active_bindings
        found: dict[str, _Entry] = {}
        for _, binding, enabled, tooltip in active.values():
            if binding.show and binding.action not in found:
                display = self.app.get_key_display(binding)
                found[binding.action] = _Entry(
                    binding.key, display, binding.description, binding.action, not enabled, tooltip
                )
        if self.show_command_palette and self.app.COMMAND_PALETTE_BINDING in active:
            _, binding, enabled, tooltip = active[self.app.COMMAND_PALETTE_BINDING]
            display, help_text = self.app.get_key_display(binding), binding.tooltip or binding.description
            found[""] = _Entry(
                binding.key, display, binding.description, binding.action, not enabled, help_text, of_palette=True
            )
        return list(found.values())
