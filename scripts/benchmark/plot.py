"""The comparison as a chart, an SVG written by hand.

Bars on a logarithmic scale, a panel for each case; and for growth, lines.  The
text stays text.  The drawing has no background; its colours are of middle
lightness and its grey can be read on white and on black.
"""

from __future__ import annotations

import math
from typing import Dict, Iterator, List, Tuple
from xml.sax.saxutils import escape

from benchmark.cases import Case
from benchmark.report import METRICS, Row, Sample, rows

WIDTH, LEFT, RIGHT = 760, 90, 110  # px; names stand left of the bars, figures right
BAR, GAP, HEAD = 18, 6, 44  # px
LINES_HEIGHT = 280  # px
COLOURS = {
    "minichat": "#0a9396", "threads": "#c77800", "asyncio": "#8f6bd6", "streams": "#c2569b",
    "uvloop": "#5f8f2f", "redis": "#d1495b",
}  # fmt: skip
GREY = "#808080"
Point = Tuple[float, float]


def svg(cases: List[Case], samples: List[Sample]) -> str:
    """The whole drawing."""
    parts: List[str] = []
    y = 0.0
    for case in cases:
        if case.kind != "growth":
            drawn, height = _bars(case, list(rows(case, samples)), y)
            parts += drawn
            y += height
    grown = [row for case in cases if case.kind == "growth" for row in rows(case, samples) if row.figures]
    if grown:
        parts += _growth(grown, y)
        y += LINES_HEIGHT + 2 * HEAD
    size = f'width="{WIDTH}" height="{y:.0f}" viewBox="0 0 {WIDTH} {y:.0f}"'
    font = 'font-family="system-ui, sans-serif" font-size="13"'
    body = "\n".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font} fill="{GREY}">\n{body}\n</svg>\n'


class Scale:
    """Values to pixels, logarithmically, between powers of ten."""

    def __init__(self, values: List[float], begin: float, end: float) -> None:
        positive = [value for value in values if value > 0] or [1.0]
        self._low = math.floor(math.log10(min(positive)))
        self._high = max(math.ceil(math.log10(max(positive))), self._low + 1)
        self._begin, self._end = begin, end

    def __call__(self, value: float) -> float:
        """Where ``value`` stands; what is not positive stands at the beginning."""
        part = (math.log10(value) - self._low) / (self._high - self._low) if value > 0 else 0.0
        return self._begin + part * (self._end - self._begin)

    def ticks(self) -> Iterator[float]:
        """Every power of ten."""
        return (10.0**exponent for exponent in range(self._low, self._high + 1))


def _bars(case: Case, shown: List[Row], top: float) -> Tuple[List[str], float]:
    """One panel and its height."""
    metric = METRICS[case.kind][0]
    shown = [row for row in shown if metric.key in row.figures]
    spreads = [row.figures[metric.key] for row in shown]
    scale = Scale([value for spread in spreads for value in (spread.least, spread.most)], LEFT, WIDTH - RIGHT)
    bottom = top + HEAD + len(shown) * (BAR + GAP)
    parts = [_text(0, top + 16, f"{case.name} — {metric.title}, less is better", weight="bold")]
    for tick in scale.ticks():
        parts += [_path([(scale(tick), top + HEAD - 8), (scale(tick), bottom)], GREY, 0.4)]
        parts += [_text(scale(tick), top + HEAD - 12, f"{tick:g}", "middle", size=10)]
    for index, (row, spread) in enumerate(zip(shown, spreads)):
        y = top + HEAD + index * (BAR + GAP)
        middle = y + BAR / 2
        parts.append(_text(LEFT - 8, middle + 4, row.server, "end"))
        parts.append(
            f'<rect x="{LEFT}" y="{y:.1f}" width="{max(scale(spread.median) - LEFT, 1):.1f}" height="{BAR}" '
            f'fill="{COLOURS[row.server]}"/>'
        )
        parts.append(_path([(scale(spread.least), middle), (scale(spread.most), middle)], GREY, 2))
        ratio = f" ({row.ratio:.1f}×)" if row.ratio else ""
        parts.append(_text(WIDTH - RIGHT + 8, middle + 4, f"{spread.median:,.{metric.digits}f}{ratio}"))
    return parts, bottom - top + HEAD / 2


def _growth(shown: List[Row], top: float) -> List[str]:
    """CPU time per delivery over the number of listeners, a line for each server."""
    metric = METRICS["growth"][0]
    lines: Dict[str, List[Point]] = {}
    for row in shown:
        lines.setdefault(row.server, []).append((row.people, row.figures[metric.key].median))
    points = [point for line in lines.values() for point in line]
    bottom = top + HEAD + LINES_HEIGHT
    across = Scale([x for x, _ in points], LEFT, WIDTH - RIGHT)
    up = Scale([y for _, y in points], bottom, top + HEAD)
    parts = [_text(0, top + 16, f"growth — {metric.title} by listeners, less is better", weight="bold")]
    for tick in across.ticks():
        parts.append(_path([(across(tick), top + HEAD), (across(tick), bottom)], GREY, 0.4))
        parts.append(_text(across(tick), bottom + 16, f"{tick:,.0f}", "middle", size=10))
    for tick in up.ticks():
        parts.append(_path([(LEFT, up(tick)), (WIDTH - RIGHT, up(tick))], GREY, 0.4))
        parts.append(_text(LEFT - 8, up(tick) + 4, f"{tick:g}", "end", size=10))
    labels = sorted((up(line[-1][1]), name) for name, line in lines.items())
    lowest = -math.inf
    for y, name in labels:
        line = [(across(x), up(value)) for x, value in lines[name]]
        lowest = max(y, lowest + 14)  # labels do not cover each other
        parts.append(_path(line, COLOURS[name], 2.5))
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{COLOURS[name]}"/>' for x, y in line]
        parts.append(_text(WIDTH - RIGHT + 8, lowest + 4, name, colour=COLOURS[name]))
    return parts


def _text(
    x: float, y: float, text: str, anchor: str = "start", size: int = 13, weight: str = "normal", colour: str = GREY
) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{size}" font-weight="{weight}" fill="{colour}">{escape(text)}</text>'


def _path(points: List[Point], colour: str, width: float) -> str:
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
