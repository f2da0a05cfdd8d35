"""How a text is handed to a shell, on any page that shows a command."""

from __future__ import annotations


def quoted(text: str) -> str:
    """A text as a shell takes it, in double quotes where that reads better ("L(X*W')")."""
    if "'" in text and not any(char in text for char in '"$`\\!'):
        return f'"{text}"'
    from shlex import quote

    return quote(text)
