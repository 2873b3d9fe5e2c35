"""The drawing board: fonts, text that fits, and figures saved whole; no global state of pyplot's."""

from __future__ import annotations

import warnings
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tradetarget.checks import between, made, number, several, takes
from tradetarget.errors import OutputError, SettingError, TradeTargetWarning, shown
from tradetarget.outputs import checked_path, write_whole
from tradetarget.plotting.colours import GREY, INK
from tradetarget.text_cleaning import one_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".pdf")
DPI = 200
"""Dots per inch of a written PNG. Judgement, because a page is printed at 150 to 300, and 1,600 pixels fit a screen."""
SIZE = (8.0, 6.0)
"""Inches. A4 and US letter in portrait leave 6.5 inches beside their margins, where type of 10 points is 8 still."""
LONGEST_LINE, LONGEST_PARAGRAPH = 240, 1200
"""Characters of one line, and of a title or footnote, that are drawn. Judgement. More would not fit on the page, and
every width is measured by drawing."""
_OTHER_SCRIPTS = (
    "Noto Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC",
    "Hiragino Sans", "WenQuanYi Zen Hei", "SimHei", "Arial Unicode MS", "Noto Sans Arabic", "Noto Sans Georgian",
    "Noto Sans Armenian", "Noto Sans Devanagari",
)  # fmt: skip


def need_matplotlib() -> None:
    """Raise a clear error where matplotlib is not installed.

    Raises
    ------
    OutputError
        Naming the extra that brings it, or what keeps it from starting.
    """
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise OutputError("plots need matplotlib, which is not installed: pip install 'tradetarget[plot]'") from None
    except (ValueError, OSError) as error:
        # A backend of another name in MPLBACKEND, or a matplotlibrc that cannot be read.
        raise OutputError(
            f"plots need matplotlib, which does not start: {error}; correct or unset MPLBACKEND"
        ) from None


def checked_plot_path(path: str | Path) -> Path:
    """``path`` if a picture can be drawn and written there; asked before the work.

    Raises
    ------
    OutputError
        Where matplotlib is missing, on an ending that is no picture's, or a place that cannot be written to.
    """
    need_matplotlib()
    return checked_path(path, SUFFIXES)


def new_figure(size: tuple[float, float] = SIZE) -> Figure:
    """A figure of ``size`` inches that shows itself in a notebook, whether or not pyplot was ever imported.

    Raises
    ------
    OutputError
        Where matplotlib is not installed.
    SettingError
        On a size under 3 x 2 inches, where no label fits, or over 100.
    """
    need_matplotlib()
    inches = several(number)(size, "size")
    if len(inches) != 2 or not (3 <= inches[0] <= 100 and 2 <= inches[1] <= 100):
        raise SettingError(f"size {shown(size)} is not a width and height in inches from 3 x 2 to 100 x 100")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    class Picture(Figure):  # type: ignore[misc, unused-ignore]
        def draw(self, renderer: Any) -> None:
            # Tick labels and axis labels come from data as well, and a "$" in them is no formula.
            for text in self.findobj(Text):
                text.set_parse_math(False)
            super().draw(renderer)

        def _repr_png_(self) -> bytes:
            return render(self, "png", dpi=100)

    figure = Picture(figsize=size, dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def check_place(ax: Any, path: str | Path | None) -> None:
    """Check where a picture is to be drawn and written, before the work.

    Raises
    ------
    SettingError
        Where ``ax`` is neither None nor axes on a figure.
    OutputError
        As ``checked_plot_path``, where there is a path.
    """
    if path is not None:
        checked_plot_path(path)
    if ax is not None and (getattr(ax, "figure", None) is None or not hasattr(ax, "get_xlim")):
        raise SettingError(f"ax {shown(ax)} is no axes of matplotlib's: give one of plt.subplots(), or leave it out")


def finished(figure: Any, path: str | Path | None) -> Any:
    """The figure, written to ``path`` where there is one; errors as in ``save``."""
    if path is not None:
        save(figure, path)
    return figure


def inches_of(ax: Any) -> tuple[float, float]:
    """Width and height of a panel in inches."""
    panel, figure = ax.get_position(), ax.figure
    return float(panel.width * figure.get_figwidth()), float(panel.height * figure.get_figheight())


@cache
def families() -> tuple[str, ...]:
    """Fonts in order: matplotlib's own, then those installed that hold other scripts."""
    from matplotlib import font_manager

    installed = set(font_manager.get_font_names())
    return ("DejaVu Sans", *(f for f in _OTHER_SCRIPTS if f in installed))


def write(where: Any, x: float, y: float, words: str, **style: Any) -> Any:
    """Text on a figure or axes; "$" stays "$", and names in other scripts find a font."""
    style.setdefault("color", INK)
    lines = "\n".join(one_line(line, LONGEST_LINE) for line in words.split("\n"))
    return where.text(x, y, lines, parse_math=False, fontfamily=list(families()), **style)


def halo() -> list[Any]:
    """A white rim around letters that may lie over a fan or a line."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.2, foreground="white")]


def width_of(figure: Any, words: str, points: float, *, bold: bool = False) -> float:
    """Width of ``words`` in inches, at ``points`` size."""
    drawn = write(figure, 0, 0, words, fontsize=points, fontweight="bold" if bold else "normal")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        box = drawn.get_window_extent()
    drawn.remove()
    return float(box.width) / float(figure.dpi)


def wrapped(figure: Any, words: str, points: float, inches: float, *, bold: bool = False) -> list[str]:
    """``words`` broken into lines no wider than ``inches``; a line holds as many words as fit."""
    left = one_line(words, LONGEST_PARAGRAPH).split()
    lines: list[str] = []
    guess = len(left)
    while left:
        guess = _how_many_fit(figure, left, points, inches, bold, guess)
        lines.append(" ".join(left[:guess]))
        left = left[guess:]
    return [_cut(figure, line, points, inches, bold) for line in lines]


def _how_many_fit(figure: Any, words: list[str], points: float, inches: float, bold: bool, guess: int) -> int:
    """The largest number of words, one at least, on a line of ``inches``; found from a guess, as measuring is slow."""

    def width(count: int) -> float:
        return width_of(figure, " ".join(words[:count]), points, bold=bold)

    count = min(guess, len(words))
    wide = width(count)
    while count > 1 and wide > inches:
        count = max(1, min(count - 1, int(count * inches / wide)))
        wide = width(count)
    while wide <= inches and count < len(words) and (wide := width(count + 1)) <= inches:
        count += 1
    return count


def _cut(figure: Any, line: str, points: float, inches: float, bold: bool) -> str:
    """A line of one word too long for the page, shortened."""
    return line if len(line.split()) > 1 else shortened(figure, line, points, inches, bold=bold)


def shortened(figure: Any, words: str, points: float, inches: float, *, bold: bool = False) -> str:
    """``words`` with an ellipsis for their middle where they are wider than ``inches``."""
    words = one_line(words, LONGEST_LINE)
    if width_of(figure, words, points, bold=bold) <= inches:
        return words
    fits, too_long = 1, len(words)
    while too_long - fits > 1:
        kept = (fits + too_long) // 2
        wide = width_of(figure, _around_gap(words, kept), points, bold=bold) > inches
        fits, too_long = (fits, kept) if wide else (kept, too_long)
    return _around_gap(words, max(2, fits))


def _around_gap(words: str, kept: int) -> str:
    """``kept`` characters of ``words``, half of them from its end."""
    right = kept // 2
    return f"{words[: kept - right].rstrip()}…{words[len(words) - right :].lstrip()}"


def bare(ax: Any, points: float = 8.5, *, grid: str = "y") -> None:
    """Axes with thin lines where they help and none elsewhere."""
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_color(GREY)
    ax.tick_params(colors=INK, labelsize=points, length=3, color=GREY)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis=grid, color="#ececec", linewidth=0.8)
    ax.set_axisbelow(True)


def percent_ticks(axis: Any) -> None:
    """Ticks of an axis of probabilities at every fifth of its length."""
    from matplotlib.ticker import FixedLocator, FuncFormatter

    axis.set_major_locator(FixedLocator([0.0, 0.2, 0.4, 0.6, 0.8, 1.0]))
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:.0f} %"))


def render(figure: Any, kind: str, dpi: float = DPI) -> bytes:
    """The figure as the bytes of a PNG, SVG or PDF file; the same bytes for the same figure, without dates.

    Warns
    -----
    TradeTargetWarning
        When no installed font has some of the characters.
    """
    import matplotlib

    none: dict[str, dict[str, Any]] = {
        "png": {"Software": None},
        "svg": {"Date": None, "Creator": None},
        "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    }
    held = BytesIO()
    missing = unknown_characters(figure)
    with matplotlib.rc_context({"svg.hashsalt": "tradetarget"}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")
        figure.savefig(held, format=kind, dpi=dpi, metadata=none[kind])
    if missing:
        shown = f"{missing[:10]}{'...' if len(missing) > 10 else ''}"
        warnings.warn(f"no installed font has the characters {shown} of this plot", TradeTargetWarning, stacklevel=2)
    return held.getvalue()


def unknown_characters(figure: Any) -> str:
    """The characters on the figure that no font at hand has, in order of code."""
    from matplotlib.font_manager import findfont, get_font
    from matplotlib.text import Text

    fonts = [get_font(findfont(f)) for f in families()]
    used = {c for t in figure.findobj(Text) for c in t.get_text() if not c.isspace()}
    return "".join(sorted(c for c in used if not any(f.get_char_index(ord(c)) for f in fonts)))


@takes(figure=made("Figure"), dpi=between(20, 2400))
def save(figure: Any, path: str | Path, dpi: float = DPI) -> Path:
    """Write the figure to ``path``, whole or not at all.

    Raises
    ------
    OutputError
        On an ending other than .png, .svg or .pdf, or a place that cannot be written to.
    """
    target = checked_plot_path(path)
    return write_whole(target, render(figure, target.suffix.lower()[1:], dpi))
