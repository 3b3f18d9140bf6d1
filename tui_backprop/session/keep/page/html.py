"""The frame of a page and its tables. Every text is escaped here, so that a name from a file is only a name."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

Cell = str | tuple[str, str]
"""A text, or a text and its class of the style sheet."""

_STYLE = """\
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2024; --faint: #5b6470; --line: #d5dae1; --shade: #f4f6f8;
  --plus: #0047b3; --minus: #b35900; --third: #6b2a86; --bad: #a3230b; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171a; --ink: #e4e7ea; --faint: #9aa4af; --line: #363d45; --shade: #1d2226;
    --plus: #5aa9ff; --minus: #ff9d45; --third: #cf9be6; --bad: #ff8a70; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 52rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.15rem; margin-top: 2rem; }
pre { background: var(--shade); padding: .7rem; border-radius: .3rem; white-space: pre-wrap; font-size: .9rem; }
.wide { overflow-x: auto; overflow-wrap: normal; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .2rem .6rem .2rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { font-weight: 600; } td.number, th.number { text-align: right; }
.number, .name { white-space: nowrap; } .wide + .wide { margin-top: 1rem; }
td.good { color: var(--plus); font-weight: 600; } td.bad { color: var(--minus); }
.faint, .note { color: var(--faint); } .error { color: var(--bad); } .warning { color: var(--minus); }
figure { margin: .5rem 0; } figcaption { color: var(--faint); font-size: .9rem; }
svg { display: block; width: 100%; max-width: 40rem; height: auto; font: 12px system-ui, sans-serif; fill: var(--ink); }
svg .axis { stroke: var(--line); fill: none; } svg .label { fill: var(--faint); }
svg .curve { fill: none; stroke-width: 1.6; stroke-linejoin: round; } svg .ring { fill: none; stroke: var(--ink); }
svg .c0 { stroke: var(--plus); } svg .c1 { stroke: var(--minus); } svg .c2 { stroke: var(--third); }
svg .c3 { stroke: var(--faint); } svg .dashed { stroke-dasharray: 5 3; }
svg .plus { fill: var(--plus); } svg .minus { fill: var(--minus); } svg .unit { fill: var(--paper); stroke: var(--ink); }
svg .k0 { fill: #1668c4; } svg .k1 { fill: #d2761a; } svg .k2 { fill: #4f9d5d; } svg .k3 { fill: #9a3f94; }
svg .k4 { fill: #c9b31f; } svg .k5 { fill: #0f8577; } svg .k6 { fill: #d67bb4; } svg .k7 { fill: #8a5a33; }
svg .k8 { fill: #7d8790; } svg .k9 { fill: #5b49d8; }
@media print { body { max-width: none; } h2 { break-after: avoid; } figure, tr { break-inside: avoid; } }
"""
_HEAD = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<h1>{title}</h1>
"""


def html_escaped(text: str) -> str:
    """Return a text so that a browser shows it, and reads no mark in it."""
    return html.escape(text, quote=True)


def html_page(title: str, parts: Iterable[str]) -> str:
    """Return a whole page; the parts are HTML already."""
    return _HEAD.format(title=html_escaped(title), style=_STYLE) + "\n".join(parts) + "\n</body>\n</html>\n"


def section(title: str, parts: Iterable[str]) -> str:
    """Return a part of a page with a title; empty where there is nothing in it."""
    found = [part for part in parts if part]
    return "\n".join([f"<h2>{html_escaped(title)}</h2>", *found]) if found else ""


def paragraph(text: str, kind: str = "") -> str:
    """Return a paragraph; `kind` is a class of the style sheet."""
    return f'<p class="{kind}">{html_escaped(text)}</p>' if kind else f"<p>{html_escaped(text)}</p>"


def command(text: str) -> str:
    """Return a command to copy."""
    return f"<pre><code>{html_escaped(text)}</code></pre>"


def figure(svg: str, caption: str) -> str:
    """Return a picture with a sentence below it, which is also what is read to those who do not see it."""
    named = svg.replace("<svg ", f'<svg role="img" aria-label="{html_escaped(caption)}" ', 1)
    return f"<figure>\n{named}\n<figcaption>{html_escaped(caption)}</figcaption>\n</figure>"


def html_table(head: Sequence[str], rows: Iterable[Sequence[Cell]], numbers: Iterable[int] = ()) -> str:
    """Return a table, which scrolls by itself where the page is narrow.

    Args:
        head: titles of the columns.
        rows: cells.
        numbers: places of the columns that have numbers.
    """
    right = set(numbers)

    def cell(place: int, content: Cell, tag: str) -> str:
        text, kind = (content, "") if isinstance(content, str) else content
        kinds = " ".join(filter(None, ["number" if place in right else "", kind]))
        return f"<{tag}{f' class={chr(34)}{kinds}{chr(34)}' if kinds else ''}>{html_escaped(text)}</{tag}>"

    lines = ["".join(cell(i, content, "th") for i, content in enumerate(head))] if head else []
    lines += ["".join(cell(i, content, "td") for i, content in enumerate(row)) for row in rows]
    return '<div class="wide"><table>\n' + "\n".join(f"<tr>{line}</tr>" for line in lines) + "\n</table></div>"
