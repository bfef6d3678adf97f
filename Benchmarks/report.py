"""What people read: a table for each scenario, and what is reached."""

import figures


def number(value, places):
    return f"{value:,.{places}f}".replace(",", " ")


def cell(spread, places, with_spread):
    text = number(spread["median"], places)
    if with_spread:
        text += f" ({number(spread['least'], places)}..{number(spread['most'], places)})"
    return text


def table(headings, rows):
    """Columns as wide as they need to be; the first is on the left, the others on the right."""
    lines = [headings, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    for line in lines:
        yield "  " + "  ".join(
            text.ljust(width) if column == 0 else text.rjust(width)
            for column, (text, width) in enumerate(zip(line, widths))).rstrip()


def scenario_lines(rounds, scenario, systems):
    """The first figure comes with its spread: it is the one that the scenario is for."""
    rows = []
    for system in systems:
        found = figures.summary(rounds, scenario.name, system)
        if not found:
            continue
        turns = len(figures.of(rounds, scenario.name, system))
        cells = [cell(found[column.key], column.places, turns > 1 and place == 0) if column.key in found else "-"
                 for place, column in enumerate(scenario.columns)]
        rows.append([system, str(turns), *cells])
    if rows:
        yield f"{scenario.name}: {scenario.title}"
        yield from table(["", "rounds", *[column.heading for column in scenario.columns]], rows)
        yield ""


def markdown(headings, rows):
    """A table that can be put into a document as it is."""
    yield "| " + " | ".join(headings) + " |"
    yield "|" + "---|" * len(headings)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def list_lines(rounds, scenario, systems):
    """What a scenario has found step by step, each step a row."""
    for system in systems:
        for values in figures.of(rounds, scenario.name, system).values():
            for key, columns in scenario.lists.items():
                rows = [[number(one[column.key], column.places) if column.key in one else "" for column in columns]
                        for one in values[key]]
                yield from markdown([column.heading for column in columns], rows)
                yield ""


def growth_lines(values):
    rows = [[f"`{name}`", number(values[name], 3)] for name in figures.GROWTH if name in values]
    if rows:
        yield from markdown(["figure", "is"], rows)
        yield ""


def target_lines(values, spreads, scenarios, pair):
    rows = [[target.name, number(value, 2), "..".join(number(one, 2) for one in spreads.get(target.name, [])),
             target.wanted, "yes" if reached else "NO"] for target, value, reached in figures.verdicts(values)]
    rows += [[target.name, "-", "", target.wanted, "not measured"]
             for target in figures.not_measured(values, scenarios)]
    if rows:
        yield f"what is to be reached; CPU is ours divided by that of the {pair} pair"
        yield from table(["", "is", "rounds", "wanted", "reached"], rows)


def lines(result, scenarios, systems, pair):
    yield ""
    for scenario in scenarios:
        yield from scenario_lines(result["rounds"], scenario, systems)
        yield from list_lines(result["rounds"], scenario, systems)
    yield from growth_lines(result["figures"])
    names = {scenario.name for scenario in scenarios}
    yield from target_lines({**result["ratios"], **result["figures"]}, result["ratio_spreads"], names, pair)
    for name, system in result["too_coarse"]:
        yield f"read {name} of {system} with care: a clock tick is more than a fiftieth of it"
    for failure in result["failures"]:
        yield f"FAILED {failure['system']} in {failure['scenario']}: {failure['why']}"
    for name, why in result["left_out"].items():
        yield f"left out: {name}, {why}"
