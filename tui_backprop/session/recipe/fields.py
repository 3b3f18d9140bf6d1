"""The table of recipe fields: how each is called, read from text, written as text and checked.

The command line's options and the app's form are both made from it, so a field is described once.
"""

from __future__ import annotations

from collections.abc import Mapping

from tui_backprop.session.recipe.field import (
    Field,
    choice,
    join,
    number_field,
    read_assignments,
    read_batch_size,
    read_clip,
    read_features,
    read_hidden,
    read_names,
    read_points_field,
    read_probes,
    read_rule,
    read_schedule,
    read_thresholds,
    shortest_number,
    split_outside_brackets,
    whole_field,
    write_probes,
    write_settings,
)

TYPE_CHECKING = False  # what typing calls so: loading it takes a third of the start of Python
if TYPE_CHECKING:
    from tui_backprop.session.recipe.recipe import Recipe

FIELDS: tuple[Field, ...] = (
    Field("target", "data", "target columns of a table, with commas between (the last column)", read_names, join),
    Field("inputs", "data", "input columns of a table, with commas between (all others)", read_names, join),
    Field("missing", "data", "gaps in a table: leave the row out, fill with the mean, or refuse", **choice("missing")),
    Field("task", "data", "what the target is taken for; auto decides by its values", **choice("task")),
    Field("decimal", "data", "decimal mark of a table; auto decides by its numbers", **choice("decimal")),
    Field(
        "no_header",
        "data",
        "the first row of a table is data; its columns are called x1, x2, …",
        lambda text: bool(choice("no_header")["read"](text) == "yes"),
        lambda given: "yes" if given else "no",
        has_choices=True,
        is_flag=True,
    ),
    Field("scale_inputs", "data", "scaling of the inputs", **choice("scale_inputs")),
    Field(
        "scale_targets",
        "data",
        "scaling of targets that are numbers, undone in every answer; losses are those of the scaled targets",
        **choice("scale_targets"),
    ),
    Field(
        "test_fraction",
        "data",
        "share of the samples kept for testing, 0 to below 1",
        **number_field("a number of at least 0 and below 1", lambda value: 0 <= value < 1),
    ),
    Field(
        "noise",
        "data",
        "Gaussian noise on the training inputs, in standard deviations of each",
        **number_field("a number of at least 0", lambda value: value >= 0),
    ),
    Field(
        "label_noise",
        "data",
        "share of wrong training labels (numbers: noise in standard deviations), 0 to 1",
        **number_field("a number from 0 to 1", lambda value: 0 <= value <= 1),
    ),
    Field(
        "points",
        "data",
        "samples of your own, such as 0.5,0.2=1, test 0.1,0.9=0 or drop 12 (a row), with semicolons between",
        read_points_field,
        "; ".join,
        repeatable=True,
    ),
    Field(
        "features",
        "network",
        "inputs of the network as expressions over the columns x1, x2 …, such as x1,x1*x2,sin(x1) (the columns)",
        read_features,
        join,
    ),
    Field(
        "hidden",
        "network",
        "units of each hidden layer, such as 4,2; none for no hidden layer",
        read_hidden,
        lambda sizes: ",".join(map(str, sizes)) or "none",
    ),
    Field("activation", "network", "activation of the hidden layers", **choice("activation")),
    Field(
        "output_activation",
        "network",
        "activation of the last layer; auto: sigmoid for 0/1, softmax for classes, linear for numbers",
        **choice("output_activation"),
    ),
    Field("init", "network", "first values of the weights", **choice("init")),
    Field(
        "set",
        "network",
        "first value of a parameter or an entry, such as w1[0,1]=0.5",
        read_assignments,
        write_settings,
        repeatable=True,
    ),
    Field(
        "loss",
        "training",
        "loss, a mean over the batch; auto: squared for 0/1 and numbers, cross-entropy for classes",
        **choice("loss"),
    ),
    Field(
        "rule",
        "training",
        "backward rule: exact, posted (the original case), a mistake of the gallery by name, or FILE.py with your own",
        read_rule,
        str,
        in_flight=True,
    ),
    Field("optimizer", "training", "how a gradient becomes an update", **choice("optimizer"), in_flight=True),
    Field(
        "lr",
        "training",
        "learning rate η, above 0",
        **number_field("a number above 0", lambda value: value > 0),
        in_flight=True,
    ),
    Field(
        "schedule",
        "training",
        "learning-rate schedule: constant, step:PERIOD,FACTOR, exponential:FACTOR or cosine:PERIOD",
        read_schedule,
        str,
        in_flight=True,
    ),
    Field(
        "warmup",
        "training",
        "steps over which the rate first rises in a straight line",
        **whole_field("a whole number of at least 0", 0),
        in_flight=True,
    ),
    Field(
        "momentum",
        "training",
        "μ of momentum and nesterov, 0 to below 1",
        **number_field("a number of at least 0 and below 1", lambda value: 0 <= value < 1),
        in_flight=True,
    ),
    Field(
        "l1",
        "training",
        "λ₁ of the penalty λ₁Σ|w| on the weights",
        **number_field("a number of at least 0", lambda value: value >= 0),
        in_flight=True,
    ),
    Field(
        "l2",
        "training",
        "λ₂ of the penalty ½λ₂Σw² on the weights",
        **number_field("a number of at least 0", lambda value: value >= 0),
        in_flight=True,
    ),
    Field(
        "clip",
        "training",
        "largest length of the gradient, or none",
        read_clip,
        lambda limit: "none" if limit is None else shortest_number(limit),
        in_flight=True,
    ),
    Field(
        "batch_size",
        "training",
        "samples of a step, or full",
        read_batch_size,
        lambda size: "full" if size is None else str(size),
        in_flight=True,
    ),
    Field(
        "sampling",
        "training",
        "how a batch is chosen; random is with replacement",
        **choice("sampling"),
        in_flight=True,
    ),
    Field(
        "freeze",
        "training",
        "parameter or entry that is not trained, such as b1",
        split_outside_brackets,
        join,
        repeatable=True,
        in_flight=True,
    ),
    Field(
        "seed",
        "run",
        "where all randomness comes from, 0 to 2⁶⁴ − 1; in a run, which samples come from here on",
        **whole_field("a whole number from 0 to 2⁶⁴ − 1", 0, 2**64 - 1),
        in_flight=True,
    ),
    Field(
        "steps", "run", "how many steps `run` makes", **whole_field("a whole number of at least 0", 0), in_flight=True
    ),
    Field(
        "probe",
        "run",
        "raw input values to predict before and after, one number per input with commas between",
        read_probes,
        write_probes,
        repeatable=True,
        in_flight=True,
    ),
    Field(
        "thresholds",
        "run",
        "from where on a finding is raised, as ID=NUMBER, such as same-answer=0.2",
        read_thresholds,
        write_settings,
        repeatable=True,
        in_flight=True,
        option="threshold",
    ),
    Field("engine", "run", "which loop trains; auto chooses by size", **choice("engine"), in_flight=True),
)
"""Every field but `source`, in the order in which people meet them."""

BY_NAME: Mapping[str, Field] = {field.name: field for field in FIELDS}


def check_fields(recipe: Recipe) -> None:
    """Check each field on its own, all at once; how they fit together and fit the data is checked with the data.

    Raises:
        RecipeError: one sentence for each field that is not possible.
    """
    from tui_backprop.session.recipe.recipe import RecipeError  # noqa: PLC0415  (it loads NumPy, and `--help` does without)

    problems = []
    for field in FIELDS:
        value = getattr(recipe, field.name)
        try:
            if field.parse(field.write(value)) != value:
                problems.append(f"{field.flag.removeprefix('--')}: {value!r} is not of the field's type")
        except ValueError as error:
            problems.append(str(error))
        except (TypeError, AttributeError):
            problems.append(f"{field.flag.removeprefix('--')}: {value!r} is not of the field's type")
    if problems:
        raise RecipeError(tuple(problems))
