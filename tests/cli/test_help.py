"""`tui-backprop help`: the manual on a terminal."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tui_backprop.cli.main import COMMANDS, main
from tui_backprop.cli.output.plain_markdown import plain_lines
from tui_backprop.session.manual import TOPICS, manual_page, title


def printed(capsys, *arguments):
    assert main(["help", *arguments]) == 0
    return capsys.readouterr().out


def test_without_a_topic_it_says_what_this_is_and_lists_the_topics(capsys):
    """Each topic on a line, as it is typed."""
    text = printed(capsys)
    assert "A debugger for backpropagation" in text
    lines = [line.split(maxsplit=3) for line in text.splitlines() if line.startswith("  tui-backprop help")]
    assert [(line[2], line[3]) for line in lines] == [(topic, title(topic)) for topic in TOPICS]


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_plain_text_that_fits(capsys, topic):
    """No signs of Markdown, no pictures, and no line beyond 80 columns but code and what cannot be broken."""
    text = printed(capsys, topic)
    assert text.startswith(title(topic))
    assert "![" not in text
    assert "](" not in text
    assert "**" not in text.replace("+ - * / % **", "")
    code = {line for block in manual_page(topic).split("```")[1::2] for line in block.splitlines()}
    assert [
        line for line in text.splitlines() if len(line) > 80 and line.strip() not in {one.strip() for one in code}
    ] == []


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("finding", "error: unknown topic finding; did you mean findings?\n"),
        ("key", "error: unknown topic key; did you mean keys?\n"),
        ("zzz", f"error: unknown topic zzz; available: {', '.join(TOPICS)}\n"),
        (
            "run",
            "error: run is a command, not a topic: `tui-backprop run --help` shows its options\n",
        ),
        ("../keys", "error: unknown topic ../keys; did you mean keys?\n"),
    ],
)
def test_an_unknown_topic_is_one_line(capsys, topic, said):
    """It names the nearest topic, or all of them; for a command it says where its options are."""
    assert main(["help", topic]) == 2
    assert capsys.readouterr() == ("", said)


def test_every_command_is_a_topic_or_is_pointed_to(capsys):
    """`help COMMAND` is what people type first."""
    for command in COMMANDS:
        status = main(["help", command])
        assert status == (0 if command in TOPICS else 2)
        assert command in TOPICS or f"tui-backprop {command} --help" in capsys.readouterr().err


def test_help_loads_neither_a_screen_nor_numpy():
    """It answers at once, and on a machine whose terminal cannot show the app."""
    code = (
        "import sys; from tui_backprop.cli.main import main; status = main(['help', 'keys']); "
        "sys.exit(status or bool({'textual', 'plotext', 'rich'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_headings_are_bold_where_that_can_be_seen():
    """And underlined elsewhere."""
    assert list(plain_lines("# Title", 40, bold=True)) == ["\x1b[1mTitle\x1b[0m", ""]
    assert list(plain_lines("# Title", 40)) == ["Title", "─────", ""]


def test_lists_tables_and_code_keep_their_form():
    """Items hang, wide cells are wrapped in their column, code is indented, and pictures are left out."""
    text = """\
1. One two three four
   five six
2. See [Keys](keys.md), *now*.

   ![picture](a.svg)

| name | what |
|---|---|
| `a\\|b` | one two three four five six seven eight |

```bash
run  this

and this
```
"""
    assert list(plain_lines(text, 30)) == [
        "1. One two three four five six",
        "2. See Keys (`tui-backprop",
        "   help keys`), now.",
        "",
        "name   what",
        "─────  ───────────────────────",
        "`a|b`  one two three four five",
        "       six seven eight",
        "",
        "  run  this",
        "",
        "  and this",
        "",
    ]
