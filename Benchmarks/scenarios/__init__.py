"""What is measured, one module a subject. A scenario measures one system once; the bench gives the turns."""

from dataclasses import dataclass, field


@dataclass
class Column:
    """One figure of a scenario: its key in the values, and how a table shows it."""

    key: str
    heading: str
    places: int = 2


@dataclass
class Scenario:
    """`measure(bench, endpoint)` returns values by key. Without systems of its own, `endpoint` is None."""

    name: str
    group: str
    title: str
    measure: object
    columns: list = field(default_factory=list)
    only_ours: bool = False  # the scenario starts what it needs
    tunnels_only: bool = False  # a direct connection has nothing to measure
    is_fresh: bool = False  # every turn gets processes that have done nothing before
    on_request: bool = False  # runs only when it is named
    is_once: bool = False  # too long for rounds
    is_close: bool = False  # what is compared differs by little, so more rounds tell more
    lists: dict = field(default_factory=dict)  # a key of the values that holds steps, and the columns of their table
