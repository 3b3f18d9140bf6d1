"""The footer: as many keys as fit whole, the most important first."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

_ALWAYS = "show_keys"  # the action of the key that lists all the others
_PADDING = 3  # cells around and between a key and what it does


class KeysFooter(Footer):
    """Textual's footer without keys that the edge would cut; the key that lists all of them is there at any width."""

    def compose(self) -> ComposeResult:
        """Leave out the keys behind the first that does not fit, and whatever is behind it."""
        keys = [one for one in super().compose() if isinstance(one, FooterKey)]
        kept = [one for one in keys if one.action == _ALWAYS or one.has_class("-command-palette")]
        room = self.app.size.width - sum(_width(one) for one in kept)
        for one in keys:
            if one not in kept:
                room -= _width(one)
                if room < 0:
                    break
                kept.append(one)
        yield from sorted(kept, key=keys.index)

    def on_resize(self, event: events.Resize) -> None:
        """Choose anew."""
        self.call_after_refresh(self.recompose)


def _width(key: FooterKey) -> int:
    return len(key.key_display) + len(key.description) + _PADDING
