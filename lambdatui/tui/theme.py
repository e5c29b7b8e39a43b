"""The look: one accent, four status colours, everything else a shade of the background. The only module with hex."""

from typing import TYPE_CHECKING

from textual.color import Color
from textual.theme import Theme

if TYPE_CHECKING:
    from textual.widgets.text_area import TextAreaTheme

LAMBDATUI = Theme(
    name="lambdatui",
    primary="#7aa7ff",
    secondary="#8f9bb8",
    accent="#ff9e64",
    success="#86d993",
    warning="#f2cd60",
    error="#ff6f7d",
    foreground="#d8dce8",
    background="#0e1118",
    surface="#131722",
    panel="#1c2231",
    dark=True,
    variables={
        "faint": "#55617c",
        "fading": "#68748f",
        "frozen": "#326dbe",
        "border": "#ff9e64",
        "border-blurred": "#2b3346",
        "block-cursor-background": "#2a3350",
        "block-cursor-foreground": "#f3f5fb",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#1a2030",
        "input-selection-background": "#7aa7ff 30%",
        "scrollbar": "#2b3346",
        "scrollbar-hover": "#414d69",
        "scrollbar-active": "#ff9e64",
        "scrollbar-background": "#0e1118",
        "scrollbar-background-hover": "#0e1118",
        "scrollbar-background-active": "#0e1118",
        "scrollbar-corner-color": "#0e1118",
    },
)

LAMBDATUI_LIGHT = Theme(
    name="lambdatui-light",
    primary="#2456c6",
    secondary="#5a657d",
    accent="#b34a0a",
    success="#1c7433",
    warning="#8a5f00",
    error="#c01f36",
    foreground="#1d2433",
    background="#f8f9fc",
    surface="#eef1f7",
    panel="#e2e7f1",
    dark=False,
    variables={
        "faint": "#8a94aa",
        "fading": "#74809a",
        "frozen": "#6d95e6",
        "border": "#b34a0a",
        "border-blurred": "#c5cddc",
        "block-cursor-background": "#d3def7",
        "block-cursor-foreground": "#10151f",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#e6ebf5",
        "input-selection-background": "#2456c6 25%",
        "scrollbar": "#c5cddc",
        "scrollbar-hover": "#a6b1c6",
        "scrollbar-active": "#b34a0a",
        "scrollbar-background": "#f8f9fc",
        "scrollbar-background-hover": "#f8f9fc",
        "scrollbar-background-active": "#f8f9fc",
        "scrollbar-corner-color": "#f8f9fc",
    },
)

OWN = (LAMBDATUI, LAMBDATUI_LIGHT)


def shades(theme: Theme) -> dict[str, str]:
    """The colours that our style sheets name beyond Textual's, for a theme that does not know them."""
    if theme.ansi:
        return {"faint": "ansi_bright_black", "fading": "ansi_bright_black", "frozen": "ansi_blue"}
    secondary = Color.parse(theme.secondary or theme.primary)
    background = Color.parse(theme.background or ("#121212" if theme.dark else "#e0e0e0"))
    return {
        "faint": secondary.blend(background, 0.45).hex6,
        "fading": secondary.blend(background, 0.25).hex6,
        "frozen": Color.parse(theme.primary).blend(background, 0.35).hex6,
    }


_SYNTAX = {
    "lambdatui": ("#7aa7ff", "#ff9e64", "#b5d9a8", "#f2cd60", "#ff6f7d", "#8f9bb8"),
    "lambdatui-light": ("#2456c6", "#b34a0a", "#2f6b1e", "#8a5f00", "#c01f36", "#5a657d"),
    "lambdatui-ansi": ("blue", "magenta", "green", "yellow", "red", "default"),
}
"""Of JSON in the editor: names, words, strings, numbers, mistakes, punctuation."""


def syntax_for(theme: Theme) -> str:
    """The name of the editor's theme that can be read on this one."""
    if theme.ansi:
        return "lambdatui-ansi"
    return "lambdatui" if theme.dark else "lambdatui-light"


def editor_themes() -> "tuple[TextAreaTheme, ...]":
    """Syntax colours of the JSON editor; everything else of it comes from the style sheet."""
    return tuple(_editor_theme(name, colours) for name, colours in _SYNTAX.items())


def _editor_theme(name: str, colours: tuple[str, ...]) -> "TextAreaTheme":
    from rich.style import Style
    from textual.widgets.text_area import TextAreaTheme  # 25 ms: only once the editor is mounted

    label, word, string, number, mistake, rest = colours
    return TextAreaTheme(
        name=name,
        syntax_styles={
            "json.label": Style(color=label),
            "json.null": Style(color=word),
            "string": Style(color=string),
            "string.documentation": Style(color=string),
            "number": Style(color=number),
            "boolean": Style(color=word),
            "constant.builtin": Style(color=word),
            "json.error": Style(color=mistake, underline=True),
            "punctuation.bracket": Style(color=rest),
            "punctuation.delimiter": Style(color=rest),
        },
    )
