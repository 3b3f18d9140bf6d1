"""The manual: pages of Markdown inside the package, one for each topic."""

from __future__ import annotations

from importlib import resources

from tui_backprop.core.errors import InputError
from tui_backprop.text.unknown import unknown

START = "about"
"""The page that is shown where no topic is named; the package index shows it as well."""

TOPICS = (
    "check",
    "rule",
    "debugging",
    "panels",
    "keys",
    "conditions",
    "findings",
    "data",
    "engines",
    "sessions",
    "export",
    "sweeps",
    "lessons",
    "python",
    "changes",
)
"""Every topic in the order of reading; each is a page `NAME.md` in `tui_backprop/manual/`."""


class TopicError(InputError):
    """There is no such topic; the text is one sentence that names the nearest one."""


def manual_page(topic: str) -> str:
    """Return the page of a topic, or of `START`, as Markdown.

    Raises:
        TopicError: there is no such topic.
    """
    if topic not in (START, *TOPICS):
        raise TopicError(unknown("topic", topic, TOPICS, near=0.5))
    return (resources.files("tui_backprop") / "manual" / f"{topic}.md").read_text(encoding="utf-8")


def title(topic: str) -> str:
    """Return a page's first heading.

    Raises:
        TopicError: there is no such topic.
    """
    return manual_page(topic).partition("\n")[0].removeprefix("# ")
