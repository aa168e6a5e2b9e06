"""What was found: figures by size, path and layout."""

from dataclasses import dataclass

from load import Step
from paths import Cost
from pgbench import Latencies


@dataclass(frozen=True)
class Found:
    """What one layout took for one path, with so many clients at once."""

    latencies: Latencies
    cost: Cost
    clients: int

    @property
    def rate(self) -> float:
        """Calls a second of all clients together, were they to do nothing else."""
        return self.clients * 1000 / self.latencies.mean


@dataclass(frozen=True)
class World:
    """A database of so many messages: bytes by layout, figures by path and layout, the load by layout if tried."""

    messages: int
    bytes: dict[str, int]
    shares: list[tuple[int, int, int]]
    paths: dict[str, dict[str, Found]]
    load: dict[str, list[Step]]
