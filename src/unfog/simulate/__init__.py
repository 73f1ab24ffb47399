"""Societies with a known answer: ordinary people, open crowds and covert operations, from 1,000 to 10 million posts.

``world(scenario, posts, seed)`` gives the tables of posts, accounts and truth; ``stream`` and ``write`` do the same in
blocks. The mechanisms (circles, sessions, sleep, heavy tails) are not those that the chance models assume.
"""

from unfog.simulate.scenarios import SCENARIOS, Scenario
from unfog.simulate.worlds import TRUTH, World, stream, world, write

__all__ = ["SCENARIOS", "TRUTH", "Scenario", "World", "stream", "world", "write"]
