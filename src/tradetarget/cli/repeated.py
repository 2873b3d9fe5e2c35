"""Options that take one value and are given two: refused, because the last would win without a word."""

from __future__ import annotations

from typing import Any

from tradetarget.errors import SettingError


def refuse_repeated(command: Any, words: list[str]) -> None:
    """Refuse an option that is given twice and takes one value.

    Parameters
    ----------
    command
        The command, or a group of them.
    words
        The arguments.

    Raises
    ------
    SettingError
        Naming the option and the values.
    """
    remaining = list(words)
    while hasattr(command, "commands") and remaining:
        command = command.commands.get(remaining.pop(0), command)
    single = {
        name: param.opts[0]
        for param in command.params
        if not getattr(param, "multiple", False) and not getattr(param, "is_flag", False)
        for name in param.opts
        if name.startswith("--")
    }
    given: dict[str, list[str]] = {}
    for place, word in enumerate(remaining):
        if word == "--":
            break
        name, equals, value = word.partition("=")
        if name in single:
            following = remaining[place + 1] if place + 1 < len(remaining) else ""
            given.setdefault(single[name], []).append(value if equals else following)
    for option, values in given.items():
        if len(values) > 1:
            raise SettingError(f"{option} is given {len(values)} times ({', '.join(values)}): give it once")
