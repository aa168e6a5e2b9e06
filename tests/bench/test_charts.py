"""The charts of bench/results.md say how to read them."""

import re
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
CHARTS = sorted(BENCH.glob("results-*.svg"))


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.stem)
def test_each_axis_has_a_title_with_its_scale(chart: Path) -> None:
    titles = re.findall(r'<text class="axis".*?>(.*?)</text>', chart.read_text("utf-8"))
    assert sum("logarithmic scale" in title for title in titles) == (2 if chart.stem == "results-load" else 1)
    assert sum("lower is better" in title for title in titles) == 1


def test_the_page_shows_each_chart_by_its_title() -> None:
    page = (BENCH / "results.md").read_text("utf-8")
    shown = {file: title for title, file in re.findall(r"^!\[(.*)\]\((.*)\)$", page, re.MULTILINE)}
    titles = {}
    for chart in CHARTS:
        (titles[chart.name],) = re.findall(r'<text class="title".*?>(.*?)</text>', chart.read_text("utf-8"))
    assert titles == shown
