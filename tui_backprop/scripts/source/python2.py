"""Python 2 as far as scripts have it: print statements, xrange, raw_input, <>, exceptions with a comma."""

from __future__ import annotations

import ast
import re

_EXCEPT = re.compile(r"^(\s*except\s+[\w.]+)\s*,\s*(\w+)\s*:")
_WORDS = (
    (re.compile(r"\bxrange\b"), "range"),
    (re.compile(r"\braw_input\b"), "input"),
    (re.compile(r"\.iteritems\(\)"), ".items()"),
    (re.compile(r"\.itervalues\(\)"), ".values()"),
    (re.compile(r"\.iterkeys\(\)"), ".keys()"),
    (re.compile(r"\bunicode\("), "str("),
    (re.compile(r"<>"), "!="),
    (re.compile(r"\bimport cPickle as\b"), "import pickle as"),
    (re.compile(r"\bimport cPickle\b"), "import pickle as cPickle"),
)


def has_names_of_python2(tree: ast.Module) -> bool:
    """Return whether a script that Python 3 can parse uses what only Python 2 has: `xrange`, `raw_input`, `cPickle`."""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    used = {node.id for node in names} & {"xrange", "raw_input"} - bound
    imports = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return bool(used) or "cPickle" in imports


def translated(text: str) -> str | None:
    """Return a text with what Python 2 writes otherwise written as Python 3 has it, line by line; None without any."""
    out, changed = [], False
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        line = lines[at]
        match = re.match(r"^(\s*(?:(?:if|else|for|while|elif|try)\b.*?:\s+)?)print\b(?!\s*\()(.*)$", line) or re.match(
            r"^(\s*)print\b(\s*\(.*\)\s*[%,].*)$", line
        )
        new = line
        if match:
            rest = match[2].strip()
            comment = ""
            hash_at = _comment(rest)
            if hash_at >= 0:
                rest, comment = rest[:hash_at].rstrip(), "  " + rest[hash_at:]
            if rest.startswith(">>"):
                rest = rest.split(",", 1)[1].strip() if "," in rest else ""
            end = ', end=" "' if rest.endswith(",") else ""
            new = f"{match[1]}print({rest.rstrip(',')}{end}){comment}"
        new = _EXCEPT.sub(r"\1 as \2:", new)
        for pattern, word in _WORDS:
            new = pattern.sub(word, new)
        changed = changed or new != line
        out.append(new)
        at += 1
    return "\n".join(out) + "\n" if changed else None


def _comment(text: str) -> int:
    quote = ""
    for n, letter in enumerate(text):
        if quote:
            if letter == quote and text[n - 1] != "\\":
                quote = ""
        elif letter in "'\"":
            quote = letter
        elif letter == "#":
            return n
    return -1
