"""New values that are dropped: the parameters never change."""

from __future__ import annotations

from tui_backprop.scripts.answering.answer import Answer, Cause
from tui_backprop.scripts.answering.wording import expression_at, shown_name
from tui_backprop.scripts.case import Case


def dropped_updates(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where what the updates make is used nowhere."""
    if case.reading is None or case.reading.used:
        return []
    reading, trace = case.reading, case.trace
    made = {update.record for one in reading.passes for update in one.updates}
    drops = [place for place, records in trace.drops if made & set(records)]
    lines = sorted({trace.places[place].line for place in drops})
    updates = sorted({line for record in made if (line := trace.line(record)) is not None})
    names = ", ".join(dict.fromkeys(shown_name(name) for name in reading.names.values()))
    if drops:
        call = expression_at(case, drops[0]) or "the call"
        sentence = (
            f"line {lines[0]}: `{call}` returns the new weights, and its result is not kept: {names} never change. "
            "Assign what it returns to the parameters."
        )
        return [Cause("dropped-result", "error", lines[0], lines, sentence, {"parameters": names, "updates": updates})]
    at = updates[0] if updates else None
    sentence = (
        f"line {at}: the new value is given to a name of its own (a loop's variable or a local name), which "
        f"leaves the parameters "
        f"{names} as they were: they never change and the update is lost. Change them in place (`-=` on an "
        f"array), or put the new "
        "values back into the list."
    )
    del answer
    return [Cause("lost-update", "error", at, updates, sentence, {"parameters": names})]
