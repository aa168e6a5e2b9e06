"""What was found: figures by size, path and layout."""

from dataclasses import dataclass

from bench.cases import Cost
from bench.load import Step
from bench.pgbench import Latencies


@dataclass(frozen=True)
class PathResult:
    """What one layout took for one path: microseconds of processor time per call, latencies where they were taken."""

    processor: float
    latencies: Latencies | None
    cost: Cost

    @property
    def clocked(self) -> Latencies:
        """The latencies. Raises ValueError where none were taken."""
        if self.latencies is None:
            raise ValueError("no latencies were taken of this layout")
        return self.latencies


@dataclass(frozen=True)
class SendResult:
    """Microseconds of processor time for a send: alone, with the other calls of the mix, and with generic plans."""

    alone: float
    mix: float
    generic_alone: float
    generic_mix: float


@dataclass(frozen=True)
class DatasetResults:
    """A database of so many messages: bytes, sends and load by layout, figures by path and layout."""

    messages: int
    bytes: dict[str, int]
    shares: list[tuple[int, int, int]]
    paths: dict[str, dict[str, PathResult]]
    sends: dict[str, SendResult]
    load: dict[str, list[Step]]
