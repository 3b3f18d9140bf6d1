"""Edits tried where their expressions run, in one run of the script: against what is right, or by what comes of them."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from tui_backprop.core.errors import InputError
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.mending.budget import Budget
from tui_backprop.scripts.mending.edits import SourceEdit
from tui_backprop.scripts.mending.sites import Happened, Site, reshaped
from tui_backprop.scripts.replay.operations import CannotReplayError
from tui_backprop.scripts.running.run import run_trace
from tui_backprop.scripts.verdict.backward import Backward
from tui_backprop.scripts.verdict.places import comes_right, replayed

_OTHER_FACTOR = 0.5
"""What it costs that an edit gives another multiple of what is right than the rate of the right parameters asks for."""
_ENOUGH = 64  # numbers of a site's values in one step
_FEWER = 700  # edits of one expression, where several are searched
_SECONDS = 3.0  # of replays in one search


def try_where_right_is_known(case: Case, sites: list[tuple[Site, dict[int, Any]]]) -> None:
    """Find for each site the edits that give what is right there: by record, as far as that is known."""
    asked, requests = [], []
    for site, right in sites:
        if not right:
            continue
        if not site.edits:
            site.find_edits()
        asked.append(site)
        values = {str(one): np.asarray(value, dtype=float).tolist() for one, value in right.items()}
        requests.append({**_request(case, site), "right": values})
    for site, good in zip(asked, _run(case, requests), strict=False):
        tried = [(site.edits[int(n) - 1], ratio) for n, ratio, _ in good if 0 < int(n) <= len(site.edits)]
        site.fitting = _one_of_each_factor(tried)


def _one_of_each_factor(tried: list[tuple[SourceEdit, float]]) -> list[SourceEdit]:
    """Return edits, cheapest first, those before all others that give a multiple of what is right which none before gives.

    Which multiple belongs there is known only from the whole: the rate is the same for all parameters.
    """
    tried.sort(key=lambda one: one[0].cost + _OTHER_FACTOR * (abs(one[1] - 1) > 1e-6))
    seen: set[float] = set()
    first: list[SourceEdit] = []
    rest: list[SourceEdit] = []
    for edit, ratio in tried:
        key = float(f"{ratio:.6g}")
        (rest if key in seen else first).append(edit)
        seen.add(key)
    return [*first, *rest]


def try_by_what_follows(
    case: Case, base: Happened, sites: list[Site], names: list[str]
) -> list[tuple[Site, SourceEdit, list[str]]]:
    """Return edits with which some of the named parameters come right, the best first, each with those parameters."""
    for site in sites:
        site.find_edits(_FEWER)
    requests = []
    for site in sites:
        size = sum(np.size(base.backward.graph.value(one)) for one in site.records)
        steps = base.pairs[:1] if size >= _ENOUGH else base.pairs  # a large array is refuted by one step
        records = [pairs[one] for pairs in steps for one in site.records if one in pairs]
        requests.append({**_request(case, site), "records": records})
    pending: list[tuple[float, int, Site, dict[str, Any]]] = []
    for number, (site, values) in enumerate(zip(sites, _run(case, requests), strict=False)):
        pending += [
            (site.edits[int(n) - 1].cost, number, site, {"n": int(n) - 1, **found})
            for n, found in values.items()
            if int(n) > 0
        ]
    pending.sort(key=lambda one: (one[0] + 0.05 * one[1], one[1]))
    good: list[tuple[int, float, Site, SourceEdit, list[str]]] = []
    budget = Budget(_SECONDS)
    for cost, _, site, found in pending:
        if budget.is_spent or (good and cost > good[0][1] + 0.8):
            break
        mended = _mended(base, site, found, names)
        if mended:
            good.append((-len(mended), cost, site, site.edits[found["n"]], mended))
    good.sort(key=lambda one: one[:2])
    return [(site, edit, mended) for _, _, site, edit, mended in good]


def _mended(base: Happened, site: Site, found: dict[str, Any], names: list[str]) -> list[str]:
    """Return the parameters that come right with some values in place of a site's."""
    backward, graph = base.backward, base.backward.graph
    values: list[dict[int, Any]] = []
    draws: list[int] = []
    for n, pairs in enumerate(base.pairs):
        given = {
            one: reshaped(graph.shape(one), _decoded(found[str(pairs[one])]))
            for one in site.records
            if str(pairs.get(one)) in found
        }
        if not given:
            continue
        try:
            values.append(replayed(backward, backward.draws[n].values, given))
        except (CannotReplayError, KeyError, ValueError, IndexError):
            return []
        draws.append(n)
        if len(draws) == 1:  # most edits are refuted by one step
            alone = _only(backward, draws)
            if not any(comes_right(alone, values, name) for name in names):
                return []
    return [name for name in names if draws and comes_right(_only(backward, draws), values, name)]


def _only(backward: Backward, draws: list[int]) -> Backward:
    chosen = [backward.draws[n] for n in draws], [backward.gradients[n] for n in draws]
    return Backward(backward.reading, backward.step, *chosen)


def _decoded(value: Any) -> np.ndarray:
    shape, numbers = value
    return np.frombuffer(base64.b64decode(numbers), dtype=float).reshape([int(one) for one in shape])


def _request(case: Case, site: Site) -> dict[str, Any]:
    path = site.path or case.source.path
    own = "(" + _written(site) + ")"
    return {"file": path, "span": list(site.span), "expressions": [own, *(edit.expression for edit in site.edits)]}


def _written(site: Site) -> str:
    lines = site.text.encode().split(b"\n")
    first, left, last, right = site.span
    part = lines[first - 1 : last]
    part[-1] = part[-1][:right]
    part[0] = part[0][left:]
    return b"\n".join(part).decode()


def _run(case: Case, requests: list[dict[str, Any]]) -> list[Any]:
    if not requests:
        return []
    try:
        trace = run_trace(case.source, case.setting, attempts=requests, forgets=case.trace.more.get("forgets", 0))
    except InputError:
        return []
    return list(trace.more.get("tried", []))
