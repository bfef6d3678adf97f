"""Every scenario, in the order in which they run."""

from scenarios import crowd, delay, events, growth, memory, requests, stalls, start, transfers

SCENARIOS = [
    scenario for module in (requests, transfers, events, stalls, memory, delay, start, growth, crowd)
    for scenario in module.SCENARIOS
]
