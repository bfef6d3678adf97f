"""Every scenario, in the order in which they run."""

from scenarios import crowd, delay, events, memory, requests, stalls, start, transfers

SCENARIOS = [
    scenario for module in (requests, transfers, events, stalls, memory, delay, start, crowd)
    for scenario in module.SCENARIOS
]
