"""The kinds of small changes of an expression: each says what it replaces, by what, and how likely that is meant."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tui_backprop.scripts.mending.missing import MODULES, NEAR, Alternative, missing_parts
from tui_backprop.scripts.mending.scope import Scope
from tui_backprop.scripts.mending.writing import Writer

_DELTAS = 12  # names of what the next layer has


def changes_of(writer: Writer, scope: Scope) -> Iterator[Alternative]:
    """Yield the changes of an expression."""
    for node in ast.walk(writer.root):
        if not isinstance(node, ast.expr):
            continue
        if isinstance(node, ast.Constant):
            yield from _numbers(writer, node, scope)
            continue
        parent = writer.parent(node)
        if isinstance(parent, ast.Call) and parent.func is node:
            yield from _other_function(writer, node, parent, scope)
            continue
        if isinstance(getattr(node, "ctx", None), ast.Store) or writer.text(node) in MODULES:
            continue
        yield from _names(writer, node, scope)
        yield from _indices(writer, node, scope)
        if isinstance(node, ast.Call):
            yield from _calls(writer, node)
        yield from _signs(writer, node)
        yield from _factors(writer, node, scope)
        if node is writer.root:
            yield from _whole_slopes(node, scope)
        yield from _products(writer, node)
        if node is writer.root or _is_operand(node, parent):
            yield from missing_parts(writer, node, scope)


def _is_operand(node: ast.expr, parent: ast.AST | None) -> bool:
    """Return whether a part is an operand of a product or a sum, to which a factor may be missing."""
    if isinstance(parent, ast.Call):
        return node in parent.args
    if isinstance(parent, ast.Attribute):
        return parent.attr in ("T", "sum", "mean", "dot")
    return isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.MatMult | ast.Mult | ast.Add | ast.Sub)


# names, numbers and indices


def _numbers(writer: Writer, node: ast.Constant, scope: Scope) -> Iterator[Alternative]:
    if type(node.value) in (int, float) and not isinstance(
        writer.parent(node), ast.keyword | ast.Subscript | ast.Slice
    ):
        for n, number in enumerate(scope.numbers):
            yield Alternative(node, number, "number", 1.9 + 0.01 * n)


def _names(writer: Writer, node: ast.expr, scope: Scope) -> Iterator[Alternative]:
    if not isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return
    old = writer.text(node)
    transposed = isinstance(node, ast.Attribute) and node.attr == "T"
    for n, name in enumerate(scope.names):
        if name != old and not transposed:
            near = 0.0 if isinstance(node, ast.Name) == name.isidentifier() else 0.3
            yield Alternative(node, name, "name", 1 + near + 0.001 * n)
            yield Alternative(node, f"{name}.T", "name", 1.6 + near + 0.001 * n)
        elif transposed:
            yield Alternative(node, f"{name}.T", "name", 1.2 + 0.001 * n)
    if transposed:
        yield Alternative(node, writer.text(node.value), "transposed", 1.1)  # type: ignore[union-attr]
    else:
        yield Alternative(node, f"{old}.T", "transposed", 1.1)


def _indices(writer: Writer, node: ast.expr, scope: Scope) -> Iterator[Alternative]:
    """Change an index by one, take another one, or exchange two: `w[i][j]` and `w[i, j]`."""
    if not isinstance(node, ast.Subscript):
        return
    base = writer.text(node.value)
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    counters = [name for name in scope.names if name.isidentifier() and len(name) <= 3]
    for n, part in enumerate(parts):
        if isinstance(part, ast.Slice):
            continue
        for new, cost in [*((one, 1.2) for one in _shifted(part)), *((one, 1.3) for one in counters)]:
            written = [writer.text(one) for one in parts]
            written[n] = new
            yield Alternative(node, f"{base}[{', '.join(written)}]", "index", cost)
    if len(parts) == 2:
        yield Alternative(node, f"{base}[{writer.text(parts[1])}, {writer.text(parts[0])}]", "index", 1.15)
    if isinstance(node.value, ast.Subscript) and len(parts) == 1:
        inner = node.value
        swapped = f"{writer.text(inner.value)}[{writer.text(node.slice)}][{writer.text(inner.slice)}]"
        yield Alternative(node, swapped, "index", 1.15)


def _shifted(index: ast.expr) -> list[str]:
    """Return an index one more and one less, as short as they can be written."""
    if isinstance(index, ast.Constant) and isinstance(index.value, int):
        return [str(index.value + 1), str(index.value - 1)]
    sign = -1 if isinstance(index, ast.BinOp) and isinstance(index.op, ast.Sub) else 1
    if (
        isinstance(index, ast.BinOp)
        and isinstance(index.op, ast.Add | ast.Sub)
        and isinstance(index.right, ast.Constant)
    ):
        base, number = ast.unparse(index.left), index.right.value
        if isinstance(number, int):
            moved = (sign * number + 1, sign * number - 1)
            return [base if one == 0 else f"{base} {'+' if one > 0 else '-'} {abs(one)}" for one in moved]
    if isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub) and isinstance(index.operand, ast.Constant):
        number = index.operand.value
        return [str(-number + 1), str(-number - 1)] if isinstance(number, int) and number > 1 else ["-2"]
    base = ast.unparse(index)
    return [f"{base} + 1", f"{base} - 1"]


# calls


def _other_function(writer: Writer, node: ast.expr, call: ast.Call, scope: Scope) -> Iterator[Alternative]:
    if call.args:
        inner = writer.text(call.args[0])
        for function in scope.functions:
            yield Alternative(call, function.replace("{}", inner), "function", 1.4)
            for n, name in enumerate(scope.names[:NEAR]):
                yield Alternative(call, function.replace("{}", name), "function", 1.45 + 0.001 * n)
    if isinstance(node, ast.Attribute) and node.attr in ("dot", "multiply", "matmul", "inner"):
        base = writer.text(node.value)
        for other in ("outer", "multiply", "dot"):
            if other != node.attr and base in MODULES:
                yield Alternative(node, f"{base}.{other}", other, 1.3)


def _calls(writer: Writer, node: ast.Call) -> Iterator[Alternative]:
    text, arguments = writer.text(node), [writer.text(one) for one in node.args]
    if len(arguments) == 1 and not node.keywords and not text.startswith("sum("):
        inner = writer.atom(node.args[0])
        yield Alternative(node, f"{inner} * (1 - {inner})", "slope at activation", 1.3)
        yield Alternative(node, f"(1 - {inner} ** 2)", "slope at activation", 1.3)
        yield Alternative(node, f"({arguments[0]} > 0)", "slope of another function", 1.5)
    if len(arguments) >= 1:
        yield Alternative(node, arguments[0], "function too many", 1.5)
        yield Alternative(node, f"(1 - {text} ** 2)", "value for slope", 1.45)
        yield Alternative(node, f"{text} * (1 - {text})", "value for slope", 1.45)
    name = writer.text(node.func)
    if len(arguments) == 2 and not node.keywords and name.split(".", 1)[0] not in MODULES:
        yield Alternative(node, f"{arguments[0]} - {writer.closed(node.args[1])}", "cost", 1.4)
        yield Alternative(node, f"{arguments[1]} - {writer.closed(node.args[0])}", "cost", 1.45)
    if len(arguments) == 2 and name in ("np.dot", "np.matmul", "numpy.dot"):
        a, b = arguments
        ta, tb = _turned(writer, node.args[0]), _turned(writer, node.args[1])
        for new in (f"{ta}, {b}", f"{a}, {tb}", f"{b}, {a}", f"{tb}, {ta}", f"{tb}, {a}", f"{b}, {ta}"):
            yield Alternative(node, f"{name}({new})", "transposed", 1.6)
    if isinstance(node.func, ast.Attribute) and node.func.attr == "dot" and len(arguments) == 1:
        left, right = node.func.value, node.args[0]
        for a, b in ((_turned(writer, left), arguments[0]), (writer.atom(left), _turned(writer, right))):
            yield Alternative(node, f"{a}.dot({b})", "transposed", 1.5)
        yield Alternative(node, f"{writer.atom(right)}.dot({writer.text(left)})", "transposed", 1.6)
        yield Alternative(node, f"np.outer({writer.text(left)}, {arguments[0]})", "outer", 1.4)
    if len(arguments) == 2 and name in ("np.dot", "np.matmul", "np.inner", "np.multiply"):
        for second, cost in _beside(writer, node.args[1]):
            yield Alternative(node, f"np.outer({arguments[0]}, {second})", "outer", cost)
            yield Alternative(node, f"np.outer({second}, {arguments[0]})", "outer", cost + 0.1)
    if len(arguments) == 2 and name == "np.outer":
        yield Alternative(node, f"np.outer({arguments[1]}, {arguments[0]})", "transposed", 1.2)
    if _last_of(node) in ("sum", "mean"):
        yield from _axes(writer, node)


def _beside(writer: Writer, node: ast.expr) -> list[tuple[str, float]]:
    """Return an operand as it is, not transposed, and one place before and after it."""
    found = {writer.text(node): 1.4}
    if isinstance(node, ast.Attribute) and node.attr == "T":
        node = node.value
        found[writer.text(node)] = 1.45
    if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Tuple | ast.Slice):
        found.update({f"{writer.text(node.value)}[{one}]": 2.0 for one in _shifted(node.slice)})
    return list(found.items())


def _last_of(call: ast.Call) -> str:
    return (
        call.func.attr
        if isinstance(call.func, ast.Attribute)
        else call.func.id
        if isinstance(call.func, ast.Name)
        else ""
    )


def _axes(writer: Writer, node: ast.Call) -> Iterator[Alternative]:
    """Sum over another axis, keep it or not, take the sum for the mean and the mean for the sum."""
    method = isinstance(node.func, ast.Attribute) and writer.text(node.func.value) not in MODULES
    if isinstance(node.func, ast.Name):
        return
    first = [] if method else [writer.text(one) for one in node.args[:1]]
    function = writer.text(node.func)
    other = function.removesuffix("sum") + "mean" if function.endswith("sum") else function.removesuffix("mean") + "sum"
    for rest in (
        "axis=0",
        "axis=1",
        "axis=-1",
        "axis=0, keepdims=True",
        "axis=1, keepdims=True",
        "axis=-1, keepdims=True",
        "",
    ):
        inner = ", ".join([*first, *([rest] if rest else [])])
        yield Alternative(node, f"{function}({inner})", "axis", 1.2 + 0.01 * len(rest))
        yield Alternative(node, f"{other}({inner})", "axis", 1.6 + 0.01 * len(rest))
    arguments = [writer.text(one) for one in node.args] + [
        f"{one.arg}={writer.text(one.value)}" for one in node.keywords
    ]
    yield Alternative(node, f"{other}({', '.join(arguments)})", "axis", 1.3)


# products, sums and signs


def _signs(writer: Writer, node: ast.expr) -> Iterator[Alternative]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield Alternative(node, writer.text(node.operand), "sign", 1.2)
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add | ast.Sub):
        return
    a, b = writer.text(node.left), writer.closed(node.right)
    if isinstance(node.op, ast.Add):
        yield Alternative(node, f"{a} - {b}", "sign", 1.3)
        yield Alternative(node, writer.text(node.right), "term too many", 1.5)
    else:
        yield Alternative(node, f"{writer.text(node.right)} - {writer.closed(node.left)}", "sign", 1.3)
        yield Alternative(node, f"{a} + {writer.text(node.right)}", "sign", 1.3)
        yield from _precedence(writer, node)
    yield Alternative(node, a, "term too many", 1.5)


def _precedence(writer: Writer, node: ast.BinOp) -> Iterator[Alternative]:
    """Put the brackets that `a - b * c` and `a * b - c` lack, where the difference is a factor."""
    right, left = _chain(node.right), _chain(node.left)
    if right is not None and len(right) > 1:
        rest = " * ".join(writer.closed(one) for one in right[1:])
        yield Alternative(node, f"({writer.text(node.left)} - {writer.text(right[0])}) * {rest}", "precedence", 1.3)
    if left is not None and len(left) > 1:
        rest = " * ".join(writer.closed(one) for one in left[:-1])
        yield Alternative(node, f"{rest} * ({writer.text(left[-1])} - {writer.text(node.right)})", "precedence", 1.3)
    if right is not None and left is not None and len(left) > 1 and len(right) > 1:
        before = " * ".join(writer.closed(one) for one in left[:-1])
        after = " * ".join(writer.closed(one) for one in right[1:])
        inner = f"({writer.text(left[-1])} - {writer.text(right[0])})"
        yield Alternative(node, f"{before} * {inner} * {after}", "precedence", 1.4)


def _chain(node: ast.expr) -> list[ast.expr] | None:
    """Return the factors of a product; None where it is none."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
        return None
    return [*(_chain(node.left) or [node.left]), *(_chain(node.right) or [node.right])]


def _factors(writer: Writer, node: ast.expr, scope: Scope) -> Iterator[Alternative]:
    """Leave factors of a product out, or put a slope in place of one or two of them."""
    parent = writer.parent(node)
    inner = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Mult)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        yield Alternative(node, writer.text(node.left), "factor too many", 1.2)
        yield Alternative(node, f"{writer.text(node.left)} * {writer.closed(node.right)}", "factor too many", 1.6)
    chain = _chain(node)
    if inner or chain is None:
        return
    written = [writer.closed(one) for one in chain]
    yield from _softmax(node, written, scope)
    yield from _carried(node, chain, written, scope)
    pairs = [(n, n + 1) for n in range(len(chain))] + [(n, n + 2) for n in range(len(chain) - 1)]
    for first, last in pairs:
        rest = written[:first] + written[last:]
        if rest:
            yield Alternative(node, " * ".join(rest), "factor too many", 1.2 + 0.2 * (last - first - 1))
        named = {
            writer.text(one)
            for part in chain[first:last]
            for one in ast.walk(part)
            if isinstance(one, ast.Name | ast.Attribute | ast.Subscript)
        } - set(MODULES)
        for name in sorted(named):
            for slope in scope.slopes(name):
                new = [*written[:first], slope, *written[last:]]
                yield Alternative(node, " * ".join(new), "slope of another function", 1.7 + 0.1 * (last - first - 1))
        if last - first == 2 or isinstance(chain[first], ast.Call | ast.BinOp):
            for n, name in enumerate(scope.names[:NEAR]):
                for slope in scope.slopes(name):
                    new = [*written[:first], slope, *written[last:]]
                    yield Alternative(node, " * ".join(new), "slope of another function", 1.9 + 0.002 * n)


def _whole_slopes(node: ast.expr, scope: Scope) -> Iterator[Alternative]:
    """Put a slope in place of an expression: that of another function, or at another value."""
    for n, name in enumerate(scope.names[:NEAR]):
        for slope in scope.slopes(name):
            yield Alternative(node, slope, "slope of another function", 1.75 + 0.002 * n)


def _carried(node: ast.expr, chain: list[ast.expr], factors: list[str], scope: Scope) -> Iterator[Alternative]:
    """Carry what the next layer has back through its weights, where the error itself was taken."""
    for n, factor in enumerate(chain):
        compared = isinstance(factor, ast.BinOp) and isinstance(factor.op, ast.Sub)
        summed = isinstance(factor, ast.Call) and _last_of(factor) in ("sum", "mean")
        if not compared and not summed and not isinstance(factor, ast.Name):
            continue
        for delta in scope.names[:_DELTAS]:
            for weights in scope.names[:NEAR]:
                for carried in (f"({delta} @ {weights}.T)", f"({weights}.T @ {delta})"):
                    new = " * ".join([*factors[:n], carried, *factors[n + 1 :]])
                    yield Alternative(node, new, "carried", 2.3 if compared or summed else 2.5)


def _softmax(node: ast.expr, factors: list[str], scope: Scope) -> Iterator[Alternative]:
    """Carry a derivative back through a softmax, all of whose entries depend on each other."""
    for g in factors:
        for n, a in enumerate(scope.names[:NEAR]):
            for axis in ("-1", "0"):
                new = f"{a} * ({g} - ({g} * {a}).sum(axis={axis}, keepdims=True))"
                yield Alternative(node, new, "softmax", 2.1 + 0.002 * n)


def _products(writer: Writer, node: ast.expr) -> Iterator[Alternative]:
    """Multiply in another way: element by element, as matrices, transposed, as an outer product."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult | ast.MatMult):
        return
    a, b = writer.closed(node.left), writer.atom(node.right)
    ta, tb = _turned(writer, node.left), _turned(writer, node.right)
    if isinstance(node.op, ast.Mult):
        for new, cost in ((f"{a} @ {b}", 1.15), (f"{b} @ {a}", 1.6), (f"{ta} @ {b}", 1.6), (f"{a} @ {tb}", 1.6)):
            yield Alternative(node, new, "product", cost)
        chain = _chain(node)
        if chain and len(chain) > 2:  # c * x * y as c * np.outer(x, y)
            rest = " * ".join(writer.closed(one) for one in chain[:-2])
            x, y = (writer.text(one) for one in chain[-2:])
            for new in (
                f"np.outer({x}, {y})",
                f"np.outer({y}, {x})",
                f"({x} @ {y})",
                f"({_turned(writer, chain[-2])} @ {y})",
            ):
                yield Alternative(node, f"{rest} * {new}", "outer" if "outer" in new else "product", 1.7)
    else:
        yield Alternative(node, f"{a} * {b}", "product", 1.4)
        for new, cost in (
            (f"{b} @ {a}", 1.4),
            (f"{ta} @ {b}", 1.5),
            (f"{a} @ {tb}", 1.5),
            (f"{tb} @ {ta}", 1.5),
            (f"{tb} @ {a}", 1.6),
        ):
            yield Alternative(node, new, "transposed", cost)
    for one, other in ((node.left, node.right), (node.right, node.left)):
        yield Alternative(node, f"np.outer({writer.text(one)}, {writer.text(other)})", "outer", 1.5)


def _turned(writer: Writer, node: ast.expr) -> str:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return writer.text(node.value)
    return f"{writer.atom(node)}.T"
