"""The picture of a run: what a caller waits for and what a call costs, by number of calls."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from benchmarks import ratios
from benchmarks.figures import OURS, named
from benchmarks.ratios import Measured, Reading, Sweep

INK, DIM, RULE, PAPER = "#1f2328", "#59636e", "#e4e7eb", "#ffffff"
COLOURS = {OURS: "#0b62d6", "stock": "#c2410c", "livekit": "#7c3aed", "floor": "#8a939d"}
OTHER = "#0f766e"

DARK = {
    INK: "#e6edf3",
    DIM: "#9aa4af",
    RULE: "#262c34",
    PAPER: "#0d1117",
    "#0b62d6": "#58a6ff",
    "#c2410c": "#fb8f44",
    "#7c3aed": "#b794ff",
    "#8a939d": "#7d8792",
    OTHER: "#2dd4bf",
}
"""What each colour becomes where the reader's system is dark."""

STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "capacity",
    "font.family": ["DejaVu Sans"],
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "xtick.color": DIM,
    "ytick.color": DIM,
}

FONTS = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"
"""What a browser takes in place of the font that the picture is laid out with."""

TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
LABEL_APART = 0.075
"""Between two labels, as a share of a panel's height."""

STEEP = 1.5
"""Height by width of a line's end from which its label stands to the left, where the line does not go."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One half of the picture."""

    title: str
    subtitle: str
    reading: Reading
    least: float
    """What is less is drawn there: the scale is logarithmic."""
    with_capacity: bool = False
    """Whether it says at each line how many calls the subject carries."""


PANELS = (
    Panel(
        "p95 reply beyond the vendors' delays, ms",
        f"the number at a line: calls a core before it slows by {ratios.SLOWER_MS} ms",
        ratios.reply,
        1,
        with_capacity=True,
    ),
    Panel("CPU of a call, ms a second", "user and system time of all processes", ratios.cpu, 0.1),
)

Line = Sequence[tuple[int, Measured]]
"""What is drawn of a subject: a figure by number of calls."""


def drawn(sweeps: Iterable[Sweep]) -> str:
    """The picture as SVG: the same run gives the same text."""
    sweeps = list(sweeps)
    with rc_context(STYLE):
        figure = Figure(figsize=(10.8, 4.6), facecolor=PAPER)
        FigureCanvasSVG(figure)
        figure.subplots_adjust(left=0.053, right=0.91, top=0.83, bottom=0.12, wspace=0.47)
        for axes, panel in zip(figure.subplots(1, 2), PANELS, strict=True):
            _panel(axes, panel, sweeps)
        text = io.StringIO()
        figure.savefig(text, format="svg", facecolor=PAPER, metadata={"Date": None, "Creator": None})
    return _themed(text.getvalue())


def _panel(axes: Axes, panel: Panel, sweeps: Sequence[Sweep]) -> None:
    lines = {}
    for sweep in sweeps:
        line = [(n, found) for n in sweep.rounds if (found := sweep.at(n, panel.reading)) is not None]
        if line:
            lines[sweep.subject] = line
    _scales(axes, panel, lines.values())
    for subject, line in lines.items():
        _line(axes, panel, subject, line)
    names = {subject: named(subject) for subject in lines}
    for carried, sweep in ((sweep.carried(), sweep) for sweep in sweeps if panel.with_capacity):
        if carried and carried.at_least:
            names[sweep.subject] += f", ≥ {carried.calls}"
        elif carried and not carried.noisy:
            _capacity(axes, panel, sweep, carried.calls)
    _labels(axes, panel, lines, names)


def _line(axes: Axes, panel: Panel, subject: str, line: Line) -> None:
    colour, ours = _colour(subject), subject == OURS
    calls = [n for n, _ in line]
    values = [max(found.value, panel.least) for _, found in line]
    low = [max(found.value - found.noise, panel.least) for _, found in line]
    high = [max(found.value + found.noise, panel.least) for _, found in line]
    order = 4 if ours else 2
    axes.fill_between(calls, low, high, color=colour, alpha=0.15, linewidth=0, zorder=order)
    axes.plot(
        calls, values, color=colour, linewidth=2.4 if ours else 1.5, zorder=order, solid_capstyle="round"
    )
    # A hollow dot rests on noisy rounds alone.
    faces = [PAPER if found.noisy else colour for _, found in line]
    axes.scatter(
        calls, values, s=26 if ours else 16, c=faces, edgecolors=colour, linewidths=1.3, zorder=order + 1
    )


def _capacity(axes: Axes, panel: Panel, sweep: Sweep, calls: int) -> None:
    """How many calls it carries, where its line has the last dot that is not slow."""
    found = sweep.at(calls, panel.reading)
    if found is None:
        return
    axes.annotate(
        str(calls),
        (calls, max(found.value, panel.least)),
        (-5, 6),
        textcoords="offset points",
        ha="right",
        color=_colour(sweep.subject),
        fontsize=10,
        fontweight=_weight(sweep.subject),
    )


def _scales(axes: Axes, panel: Panel, lines: Iterable[Line]) -> None:
    axes.text(-0.085, 1.15, panel.title, transform=axes.transAxes, fontsize=12, fontweight="bold")
    axes.text(-0.085, 1.07, panel.subtitle, transform=axes.transAxes, fontsize=10, color=DIM)
    axes.set_xscale("log")
    axes.set_yscale("log")
    points = [(n, max(found.value, panel.least)) for line in lines for n, found in line] or [(1, panel.least)]
    lowest, highest = min(value for _, value in points), max(value for _, value in points)
    axes.set_ylim(max((tick for tick in TICKS if tick <= lowest * 0.9), default=panel.least), highest * 1.3)
    axes.set_xlim(0.85 * min(n for n, _ in points), 1.2 * max(n for n, _ in points))
    plain = FuncFormatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:g}")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(FixedLocator(TICKS))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(plain)
    axes.tick_params(length=0, pad=6, labelsize=10)
    axes.grid(axis="y", color=RULE, linewidth=1)
    axes.set_axisbelow(True)
    axes.spines[["left", "top", "right"]].set_visible(False)
    axes.set_xlabel("calls at once", color=DIM, fontsize=10, labelpad=6)


def _labels(axes: Axes, panel: Panel, lines: Mapping[str, Line], names: Mapping[str, str]) -> None:
    """Each subject's name at the end of its line; names that would touch move apart."""
    ends = {subject: _end(axes, panel, line) for subject, line in lines.items()}
    for left in (True, False):
        side = sorted((y, x, subject) for subject, (x, y, to_left) in ends.items() if to_left == left)
        for (_, x, subject), height in zip(side, apart([y for y, _, _ in side]), strict=True):
            axes.text(
                x + (-0.025 if left else 0.025),
                height,
                names[subject],
                transform=axes.transAxes,
                color=_colour(subject),
                fontweight=_weight(subject),
                ha="right" if left else "left",
                va="center",
            )


def _end(axes: Axes, panel: Panel, line: Line) -> tuple[float, float, bool]:
    """Where a line ends, as shares of the panel, and whether its label stands to the left."""
    to_share = axes.transData + axes.transAxes.inverted()
    points = [to_share.transform((n, max(found.value, panel.least))) for n, found in line[-2:]]
    x, y = (float(share) for share in points[-1])
    slope = (y - points[0][1]) / (x - points[0][0]) if len(points) > 1 else 0.0
    return x, y, slope > STEEP and 0.3 < x < 0.8


def apart(heights: Sequence[float]) -> list[float]:
    """Ascending heights, moved so that none is too near the one below, about their common middle."""
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, moved[-1] + LABEL_APART) if moved else height)
    lift = sum(b - a for a, b in zip(heights, moved, strict=True)) / max(len(moved), 1)
    return [height - lift for height in moved]


def _colour(subject: str) -> str:
    return COLOURS.get(subject, OTHER)


def _weight(subject: str) -> str:
    return "bold" if subject == OURS else "normal"


def _themed(svg: str) -> str:
    """With rules for a dark page: browsers follow them, everything else draws the light picture."""
    rules = "".join(
        f'[style*="{what}: {light}"]{{{what}:{dark} !important}}'
        for light, dark in DARK.items()
        for what in ("fill", "stroke")
    )
    style = f"<style>@media (prefers-color-scheme: dark){{{rules}}}</style>"
    svg = svg.replace("'DejaVu Sans'", FONTS)
    head, tag, rest = svg.partition("<defs>")
    return f"{head}{style}\n {tag}{rest}"
