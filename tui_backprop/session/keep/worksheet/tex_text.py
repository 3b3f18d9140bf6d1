"""Texts for LaTeX: names from files made harmless, and the symbols of formulas in its own words."""

from __future__ import annotations

import re
import unicodedata

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': "''", "`": r"\textasciigrave{}", "-": "{-}",
    "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}", "ø": r"\o{}", "Ø": r"\O{}",
    "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}", "…": r"\dots{}", "−": r"\(-\)", "·": r"\(\cdot\)", "→": r"\(\to\)",
    "°": r"\(^\circ\)", "²": r"\(^2\)", "³": r"\(^3\)", "€": "EUR", "–": "--", "—": "---", "’": "'", "‘": "`",
    "“": "``", "”": "''",
}  # fmt: skip
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c", "\u0328": "k",
}  # fmt: skip
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "η": "eta", "θ": "theta", "λ": "lambda",
    "μ": "mu", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "varphi", "ω": "omega", "Δ": "Delta",
    "Σ": "sum", "∂": "partial",
}  # fmt: skip
_SIGNS = {
    "−": "-",
    "·": r" \cdot ",
    "½": r"\tfrac{1}{2}",
    "′": "'",
    "ŷ": r"\hat{y}",
    "≤": r"\le ",
    "∞": r"\infty ",
    "≥": r"\ge ",
    "×": r"\times ",
}
_LOWER, _UPPER = "₀₁₂₃₄₅₆₇₈₉₋ᵢⱼₖₛ", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵗ"
_PLAIN = str.maketrans(_LOWER + _UPPER, "0123456789-ijks" + "0123456789-t")
_KNOWN = {"exp", "log", "sin", "cos", "tanh", "max", "min"}
_PARTS = re.compile(
    rf"(?P<power>\d[\d.]*e[+−]\d+)|(?P<number>\d[\d.]*)|(?P<unit>(?<![^\W_])[a-zδ](?=\d))(?P<layer>\d+)"
    rf"|(?P<word>[A-Za-z][A-Za-z-]+\d*)(?P<space> (?=[A-Za-z∂]))?|(?P<low>[{_LOWER}]+)|(?P<high>[{_UPPER}]+)|(?P<one>.)",
    re.DOTALL,
)


def in_text(text: str) -> str:
    """Return a text so that LaTeX shows it; a character that its own fonts lack becomes a question mark."""
    return "".join(map(_character, text))


def _character(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character.isascii():
        return character if character.isprintable() else " "
    if character in _GREEK:
        return rf"\(\{_GREEK[character]}\)"
    parts = unicodedata.normalize("NFD", character)
    if len(parts) == 2 and parts[0].isascii() and parts[0].isalpha() and parts[1] in _ACCENTS:
        return rf"\{_ACCENTS[parts[1]]}{{{parts[0]}}}"
    return "?"


def in_mathematics(text: str) -> str:
    r"""Return symbols or a number as LaTeX writes them inside of \( and \).

    >>> in_mathematics("∂L/∂w2[0,1]")
    '\\partial L/\\partial w_{2}[0,1]'
    """
    return "".join(map(_symbol, _PARTS.finditer(text))).strip()


def _symbol(found: re.Match[str]) -> str:
    text = found[0]
    if found["word"]:
        return _word(found["word"]) + (r"\ " if found["space"] else "")
    match found.lastgroup:
        case "power":
            digits, power = text.split("e")
            return rf"{digits}\cdot 10^{{{int(power.replace('−', '-'))}}}"
        case "layer":
            return f"{_symbol_of(found['unit'])}_{{{found['layer']}}}"
        case "low":
            return f"_{{{text.translate(_PLAIN)}}}"
        case "high":
            return f"^{{{text.translate(_PLAIN)}}}"
    return _symbol_of(text)


def _word(text: str) -> str:
    return rf"\{text} " if text in _KNOWN else rf"\mathrm{{{in_text(text)}}}"


def _symbol_of(text: str) -> str:
    if text in _GREEK:
        return rf"\{_GREEK[text]} "
    if text in _SIGNS:
        return _SIGNS[text]
    return text if re.fullmatch(r"[A-Za-z0-9 .,+/()\[\]=<>|'-]*", text) else in_text(text)
