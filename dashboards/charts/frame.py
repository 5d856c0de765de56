"""What all figures share: the paper they are drawn on, and how text from data is made safe."""

from typing import Any

from dashboards.text import Words
from dashboards.theme import FONT, Scheme, colours

Figure = dict[str, Any]

CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "showSendToCloud": False,
    "responsive": True,
    "displayModeBar": False,
    "scrollZoom": False,
    "doubleClick": "reset",
}


def config(language: str) -> dict[str, Any]:
    """How the browser shows any chart: nothing is ever sent elsewhere."""
    return {**CONFIG, "locale": language}


def safe_label(text: str) -> str:
    """Text from data as plain text: Plotly would draw `<b>` bold and make `<a>` clickable."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def layout(scheme: Scheme, language: str) -> Figure:
    """A fresh layout: nothing in it is shared with another figure."""
    colour = colours(scheme)
    axis = {
        "color": colour["ink-3"],
        "gridcolor": colour["grid-line"],
        "linecolor": colour["line-strong"],
        "tickfont": {"size": 12, "color": colour["ink-3"]},
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
    }
    return {
        "font": {"family": FONT, "size": 13, "color": colour["ink-2"]},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8, "pad": 0},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "separators": ",." if language == "vi" else ".,",
        "hoverlabel": {
            "bgcolor": colour["surface"],
            "bordercolor": colour["line-strong"],
            "font": {"family": FONT, "size": 13, "color": colour["ink"]},
            "align": "left",
        },
        "xaxis": {
            **axis,
            "showgrid": False,
            "ticks": "outside",
            "tickcolor": colour["line-strong"],
        },
        "yaxis": {**axis, "showline": False},
        "transition": {"duration": 0},
    }


def blank() -> Figure:
    """Nothing at all, not even axes: what stands there before the first figure."""
    hidden = {"visible": False}
    return {
        "data": [],
        "layout": {
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": hidden,
            "yaxis": hidden,
        },
    }


def empty(scheme: Scheme, words: Words, why: str = "") -> Figure:
    """A figure that says that there is nothing to draw, and why."""
    sheet = layout(scheme, words.language)
    sheet["xaxis"]["visible"] = sheet["yaxis"]["visible"] = False
    sheet["annotations"] = [
        {
            "text": why or words("value.none"),
            "xref": "paper",
            "yref": "paper",
            "x": 0.5,
            "y": 0.5,
            "showarrow": False,
            "font": {"size": 15, "color": colours(scheme)["ink-3"]},
        }
    ]
    return {"data": [], "layout": sheet}
