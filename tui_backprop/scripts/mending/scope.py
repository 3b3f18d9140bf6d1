"""What an edit of a line may use: values by name, and functions of the script's own."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from tui_backprop.text.syntax import parsed

_NAMES, _FUNCTIONS = 60, 14
_NUMBERS_WITHIN = 12  # lines
_NO_VALUES = {"self", "range", "len", "sum", "zip", "enumerate", "print", "reversed", "np", "numpy", "math", "list"}


@dataclass(frozen=True, slots=True)
class Scope:
    """What edits may use."""

    names: tuple[str, ...]
    """Names and attributes with values, the nearest first."""
    functions: tuple[str, ...]
    """Calls of the script's own functions of one argument, with `{}` where it goes."""
    numbers: tuple[str, ...] = ()
    """Numbers that are written nearby."""

    def slopes(self, name: str) -> list[str]:
        """Return the slopes that an activation may have at a value, as factors."""
        own = [one.replace("{}", name) for one in self.functions]
        return [*own, f"{name} * (1 - {name})", f"(1 - {name} ** 2)", f"({name} > 0)", f"(1 - {name})"]


def scope_of(text: str, line: int) -> Scope:
    """Return the names that an edit of a line may use: of its function first, then of the module."""
    tree = parsed(text)
    inside, owner = _around(tree, line)
    modules = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    bound = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    no_values = modules | bound | _NO_VALUES
    names: dict[str, None] = {}
    if isinstance(inside, ast.FunctionDef):
        names.update({one.arg: None for one in inside.args.args if one.arg != "self"})
    near = sorted((n for n in ast.walk(inside) if _is_value(n)), key=lambda n: abs(n.lineno - line))  # type: ignore[attr-defined]
    for node in near:
        written = ast.unparse(node)
        kept_by_self = written.startswith("self.")
        if (kept_by_self or _root(written) not in no_values) and len(written) < 30 and "(" not in written:
            names.setdefault(written)
    called = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    used, classes = _used(inside), _classes(tree)
    for name in dict.fromkeys(node.id for node in near if isinstance(node, ast.Name) and node.id != "self"):
        names.update({f"{name}.{given}": None for given in _attributes_of(classes, used.get(name, set()))})
    if owner is not None:
        for one in ast.walk(owner):
            if isinstance(one, ast.Attribute) and ast.unparse(one.value) == "self":
                names.setdefault(ast.unparse(one))
    if inside is not tree:
        for statement in tree.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                names.setdefault(statement.targets[0].id)
    kept = [one for one in names if one not in called]
    return Scope(tuple(kept)[:_NAMES], tuple(_functions(tree, owner, inside))[:_FUNCTIONS], tuple(_numbers(tree, line)))


def _numbers(tree: ast.Module, line: int) -> list[str]:
    near = sorted(
        (one for one in ast.walk(tree) if isinstance(one, ast.Constant) and type(one.value) in (int, float)),
        key=lambda one: abs(one.lineno - line),
    )
    return list(dict.fromkeys(ast.unparse(one) for one in near if abs(one.lineno - line) <= _NUMBERS_WITHIN))[:8]


def _around(tree: ast.Module, line: int) -> tuple[ast.AST, ast.ClassDef | None]:
    """Return the function around a line, or the module, and the class around it."""
    inside: ast.AST = tree
    owner: ast.ClassDef | None = None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.lineno <= line <= (node.end_lineno or 0):
            if isinstance(node, ast.ClassDef):
                owner = node
            else:
                inside = node
    return inside, owner


def _is_value(node: ast.AST) -> bool:
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript)


def _root(written: str) -> str:
    return written.split(".", 1)[0].split("[", 1)[0]


def _used(inside: ast.AST) -> dict[str, set[str]]:
    """Return for each name the attributes that are used of it."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(inside):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.setdefault(node.value.id, set()).add(node.attr)
    return found


def _classes(tree: ast.Module) -> list[tuple[set[str], list[str]]]:
    """Return for each class its methods, and the attributes that these assign."""
    found = []
    for one in ast.walk(tree):
        if isinstance(one, ast.ClassDef):
            methods = {node.name for node in one.body if isinstance(node, ast.FunctionDef)}
            given = {
                node.attr: None
                for node in ast.walk(one)
                if isinstance(node, ast.Attribute)
                and isinstance(node.ctx, ast.Store)
                and isinstance(node.value, ast.Name)
                and node.value.id == "self"
            }
            found.append((methods, list(given)))
    return found


def _attributes_of(classes: list[tuple[set[str], list[str]]], used: set[str]) -> list[str]:
    """Return the attributes that the methods of a class assign, of the class that has all that is used of an object."""
    for methods, given in classes:
        if used and used <= methods | set(given):
            return given
    return []


def _functions(tree: ast.Module, owner: ast.ClassDef | None, inside: ast.AST) -> list[str]:
    """Return calls of functions that compute one thing from one argument, those that the line's function has first."""
    found: dict[str, None] = {}
    formulas = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and _is_formula(node)}
    names = set(formulas)
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in statement.names if alias.name[:1].islower()}
        elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda):
            names |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
    for part in (inside, tree):
        for node in ast.walk(part):
            if isinstance(node, ast.Call) and _last(node.func) in names and node.args:
                rest = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
                if all(isinstance(one, ast.Constant) for one in rest) and (
                    part is inside or isinstance(node.func, ast.Name)
                ):
                    found.setdefault(_template(node))
    methods = {one.name for one in owner.body if isinstance(one, ast.FunctionDef)} if owner is not None else set()
    nested = {
        one.name
        for kind in ast.walk(tree)
        if isinstance(kind, ast.ClassDef)
        for one in kind.body
        if isinstance(one, ast.FunctionDef)
    }
    for name, node in formulas.items():
        if name in methods:
            static = not node.args.args or node.args.args[0].arg not in ("self", "cls")
            if len(node.args.args) == (1 if static else 2):
                found.setdefault(f"self.{name}({{}})")
        elif name not in nested and len(node.args.args) - len(node.args.defaults) == 1:
            found.setdefault(f"{name}({{}})")
            flag = node.args.args[1].arg if len(node.args.args) == 2 else ""
            if flag and isinstance(node.args.defaults[0], ast.Constant) and node.args.defaults[0].value is False:
                found.setdefault(f"{name}({{}}, {flag}=True)")
    found.update({f"{name}({{}})": None for name in names - set(formulas)})
    return list(found)


def _last(function: ast.expr) -> str:
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def _template(call: ast.Call) -> str:
    rest = [ast.unparse(one) for one in call.args[1:]]
    rest += [f"{one.arg}={ast.unparse(one.value)}" for one in call.keywords]
    return f"{ast.unparse(call.func)}({', '.join(['{}', *rest])})"


def _is_formula(node: ast.FunctionDef) -> bool:
    """Return whether a function computes one thing from its first argument: no loop, which may be the training."""
    loops = any(isinstance(one, ast.For | ast.While) for one in ast.walk(node))
    gives = any(isinstance(one, ast.Return) and one.value is not None for one in ast.walk(node))
    stores = any(isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store) for one in ast.walk(node))
    arguments = [one.arg for one in node.args.args if one.arg not in ("self", "cls")]
    needed = len(arguments) - len(node.args.defaults)
    return needed == 1 and gives and not loops and not stores and not node.name.startswith("__")
