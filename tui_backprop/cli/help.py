"""`tui-backprop help [TOPIC]`: the manual, as plain text."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence

from tui_backprop.cli.main import COMMANDS
from tui_backprop.cli.output.plain_markdown import plain_lines
from tui_backprop.cli.shared.options import Parser
from tui_backprop.session.manual import START, TOPICS, TopicError, manual_page, title

_NARROWEST, _WIDEST, _USUAL = 40, 100, 80


def command_parser() -> Parser:
    """Return the parser of this command."""
    parser = Parser(prog="tui-backprop help", description="The manual.", allow_abbrev=False)
    parser.add_argument("topic", metavar="TOPIC", nargs="?", default=START, help=f"one of {', '.join(TOPICS)}")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Print a page of the manual, or what the program is and the list of topics.

    Raises:
        UsageError: the options are wrong.
        TopicError: there is no such topic.
    """
    topic = command_parser().parse(arguments).topic
    if topic in COMMANDS and topic not in TOPICS:
        options = f"`tui-backprop {topic} --help` shows its options"
        raise TopicError(f"{topic} is a command, not a topic: {options}")
    terminal = sys.stdout.isatty()
    columns = shutil.get_terminal_size((_USUAL, 24)).columns if terminal else _USUAL
    width = max(_NARROWEST, min(columns, _WIDEST))
    print("\n".join(plain_lines(manual_page(topic), width, bold=terminal and not os.environ.get("NO_COLOR"))))
    if topic == START:
        longest = max(map(len, TOPICS))
        print("Topics:", *(f"  tui-backprop help {name:<{longest}}  {title(name)}" for name in TOPICS), sep="\n")
    return 0
