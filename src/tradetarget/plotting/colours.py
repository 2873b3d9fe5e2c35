"""Colours and dashes of every picture."""

# Dark to light in print and for every kind of colour vision; hues after Okabe & Ito (2008).
INK, GREY, LIGHT, TARGET = "#222222", "#6b6b6b", "#d9d9d9", "#b34700"
FAN_SHADES = ("#d3e3f0", "#a9cbe3", "#74a9cf")
MEDIAN, BAR, BAR_LIGHT = "#08519c", "#3d87bd", "#a9cbe3"
LINES = ("#222222", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8c6d00", "#56b4e9", "#7b3294", "#e69f00", "#5f5f5f")
DASHES = ("-", "--", "-.", (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5, 1, 1.5)))
