"""Changing the run: rate, data, recipe, single parameters, breakpoints."""

from __future__ import annotations

from typing import Any

from tui_backprop.session.recipe.fields import BY_NAME
from tui_backprop.text.cleaning import clean
from tui_backprop.ui.actions.base import TrainerBase
from tui_backprop.ui.rates import next_rate

_NUDGE = 0.01  # of its size, or of 1 where it is smaller, that a parameter is moved


class ChangingActions(TrainerBase):
    """Keys that make an edit."""

    def action_rate(self, direction: int) -> None:
        """Go to the next rate along 1, 3, 10."""
        rate = next_rate(self.session.recipe.lr, direction)
        if rate is not None:
            self.change(lr=rate)

    def action_type_rate(self) -> None:
        """Open the line to type a rate."""
        from tui_backprop.ui.screens.line import LineScreen

        field = BY_NAME["lr"]
        self.push_screen(
            LineScreen("Learning rate η", field.write(self.session.recipe.lr), field.parse),
            lambda rate: self.change(lr=rate) if rate else None,
        )

    def action_choose_data(self) -> None:
        """Open the chooser of data sets."""
        from tui_backprop.ui.screens.data import OTHER_FILE, DataScreen

        async def take(chosen: dict[str, Any] | None) -> None:
            if chosen is OTHER_FILE:
                await self.run_action("open_file")
            elif chosen is not None:
                self.change(**chosen)

        self.push_screen(DataScreen(), take)

    def action_edit_recipe(self) -> None:
        """Open the form of the recipe."""
        from tui_backprop.ui.screens.recipe import RecipeScreen

        self.push_screen(RecipeScreen(self.session), lambda changed: self._recipe_changed() if changed else None)

    def action_reload_rule(self) -> None:
        """Load the file of the user's own rule again; one that cannot be used is a notice, and the run goes on as it was."""
        self.pause()
        self.make(self.session.reload_rule)

    def action_choose_rule(self) -> None:
        """Open the gallery of backward rules."""
        from tui_backprop.ui.screens.rules import RulesScreen

        self.push_screen(
            RulesScreen(self.session.recipe.rule), lambda name: None if name is None else self.change(rule=name)
        )

    def _recipe_changed(self) -> None:
        self.pause()
        self.redraw()

    def _selected_value(self) -> float:
        position = self.session.problem.network.positions(self.selected_name())[0]
        return float(self.session.state.parameters[position])

    def action_set_parameter(self) -> None:
        """Open the line to type a value for the selected parameter."""
        from tui_backprop.ui.screens.line import LineScreen

        name = self.selected_name()

        def read(text: str) -> float:
            try:
                ((_, value),) = BY_NAME["set"].parse(f"{name}={text}")
            except ValueError:
                raise ValueError(f"expected a number, not {clean(text)!r}") from None
            return float(value)

        def typed(value: float | None) -> None:
            if value is not None:
                self.change({name: value})

        self.push_screen(LineScreen(f"Value of {name}", repr(self._selected_value()), read), typed)

    def action_nudge(self, direction: int) -> None:
        """Move the selected parameter a little."""
        value = self._selected_value()
        self.change({self.selected_name(): value + direction * _NUDGE * max(1.0, abs(value))})

    def action_first_value(self) -> None:
        """Give the selected parameter the value that it began with."""
        name = self.selected_name()
        self.change({name: self.session.current.first_value(name)})

    def action_freeze(self) -> None:
        """Freeze the selected parameter, or let it be trained again."""
        network, name = self.session.problem.network, self.selected_name()
        position = int(network.positions(name)[0])
        frozen = self.session.recipe.freeze
        holding = [one for one in frozen if position in network.positions(one)]
        if not holding:
            self.change(freeze=(*frozen, name))
            return
        others = {int(p) for one in holding for p in network.positions(one)} - {position}
        kept = tuple(one for one in frozen if one not in holding)
        self.change(freeze=(*kept, *(network.entry_names[p] for p in sorted(others))))

    def action_breakpoints(self) -> None:
        """Open breakpoints and watches."""
        from tui_backprop.ui.screens.breakpoints import BreakpointsScreen

        self.pause()
        self.push_screen(BreakpointsScreen(self.session), lambda _: self.redraw())
        self.redraw()
