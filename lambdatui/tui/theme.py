"""The look: one accent, four status colours, everything else a shade of the background. The only module with hex."""

from typing import TYPE_CHECKING

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


def editor_theme() -> "TextAreaTheme":
    """Syntax colours of the JSON editor; everything else of it comes from the style sheet."""
    from rich.style import Style
    from textual.widgets.text_area import TextAreaTheme  # 25 ms: only once the editor is mounted

    return TextAreaTheme(
        name="lambdatui",
        syntax_styles={
            "json.label": Style(color="#7aa7ff"),
            "json.null": Style(color="#ff9e64"),
            "string": Style(color="#b5d9a8"),
            "string.documentation": Style(color="#b5d9a8"),
            "number": Style(color="#f2cd60"),
            "boolean": Style(color="#ff9e64"),
            "constant.builtin": Style(color="#ff9e64"),
            "json.error": Style(color="#ff6f7d", underline=True),
            "punctuation.bracket": Style(color="#8f9bb8"),
            "punctuation.delimiter": Style(color="#8f9bb8"),
        },
    )
