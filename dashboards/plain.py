"""Pages that need no program in the browser: logging in, one's account, and refusals.

They are written as HTML, in the style of everything else, and work where scripts do not run.
"""

from collections.abc import Mapping, Sequence
from html import escape

from dashboards.text import Words

STYLES = ("tokens", "typeface", "icons", "layout", "components", "app")

# Sets the colour scheme before anything is drawn, so that nobody sees a white flash at night,
# and hides a first picture in a language the visitor has chosen against.
EARLY = """(function(){var k=null;try{k=localStorage.getItem('ioc-theme')}catch(e){}
var d=window.matchMedia&&matchMedia('(prefers-color-scheme: dark)').matches;
var h=document.documentElement,q=/[?&]lang=(vi|en)/.exec(location.search),l=null;
h.setAttribute('data-mantine-color-scheme',k||(d?'dark':'light'));
try{l=localStorage.getItem('ioc-language')}catch(e){}
if(!q&&l&&l!==h.dataset.language)h.dataset.first='no';})();"""

PAGE = """<!DOCTYPE html>
<html lang="{language}" data-language="{language}">
<head>
<meta charset="utf-8">
<script>{early}</script>
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · {name}</title>
<link rel="icon" type="image/svg+xml" href="/assets/logo.svg">
{styles}
</head>
<body>
<main class="ioc-signin">
<div class="ioc-signin__form">
<span class="ioc-brand__mark" aria-hidden="true"></span>
<h1 class="ioc-signin__title">{title}</h1>
{body}
{foot}
</div>
</main>
</body>
</html>"""


def plain_page(
    title: str, sentences: Sequence[str], say: Words, body: str = "", other: str = ""
) -> str:
    """A page of a heading, sentences, and `body`, which is HTML already.

    `other` is its address in the other language, if it has one.
    """
    styles = "\n".join(f'<link rel="stylesheet" href="/assets/{one}.css">' for one in STYLES)
    told = "\n".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
    language = "en" if say.language == "vi" else "vi"
    switch = escape(say("shell.language"))
    foot = f'<p><a href="{escape(other)}" lang="{language}">{switch}</a></p>' if other else ""
    return PAGE.format(
        language=say.language,
        early=EARLY,
        title=escape(title),
        name=escape(say("shell.name")),
        styles=styles,
        body=f"{told}\n{body}",
        foot=foot,
    )


def field(
    name: str,
    label: str,
    kind: str = "text",
    autocomplete: str = "off",
    *,
    focus: bool = False,
    value: str = "",
    optional: bool = False,
) -> str:
    """A field of a form, with its label and what stands in it."""
    needed = "" if optional else " required"
    more = (" autofocus" if focus else "") + (f' value="{escape(value)}"' if value else "")
    return (
        f'<label class="ioc-field"><span class="ioc-field__label">{escape(label)}</span>'
        f'<input class="ioc-field__input" name="{name}" type="{kind}"{needed} maxlength="256"'
        f' autocomplete="{autocomplete}" autocapitalize="none" spellcheck="false"{more}></label>'
    )


def choice(name: str, label: str, options: Mapping[str, str], chosen: str) -> str:
    """A choice of a form, by what is sent and what is read."""
    marks = {key: " selected" if key == chosen else "" for key in options}
    listed = "".join(
        f'<option value="{escape(key)}"{marks[key]}>{escape(text)}</option>'
        for key, text in options.items()
    )
    return (
        f'<label class="ioc-field"><span class="ioc-field__label">{escape(label)}</span>'
        f'<select class="ioc-field__input" name="{name}">{listed}</select></label>'
    )


def search(action: str, label: str, sought: str, submit: str) -> str:
    """A form that asks and changes nothing."""
    return (
        f'<form class="ioc-signin__fields" method="get" action="{escape(action)}">'
        f'<label class="ioc-field"><span class="ioc-field__label">{escape(label)}</span>'
        f'<input class="ioc-field__input" name="q" maxlength="200" value="{escape(sought)}">'
        "</label>"
        f'<button class="ioc-button" type="submit">{escape(submit)}</button></form>'
    )


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; the cells of its rows are HTML already."""
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        '<div class="ioc-table-wrap" tabindex="0"><table class="ioc-table">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def wide(page: str) -> str:
    """The page with room for a table."""
    narrow = 'class="ioc-signin__form"'
    return page.replace(narrow, 'class="ioc-signin__form ioc-signin__form--wide"', 1)


def form(action: str, fields: Sequence[str], submit: str, hidden: dict[str, str]) -> str:
    """A form of fields, what it sends unseen, and its button, quiet where there is no field."""
    kind = " ioc-button--primary" if fields else ""
    unseen = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in hidden.items()
    )
    return (
        f'<form class="ioc-signin__fields" method="post" action="{escape(action)}">{unseen}'
        f"{''.join(fields)}"
        f'<button class="ioc-button{kind}" type="submit">{escape(submit)}</button>'
        "</form>"
    )


def error(sentence: str) -> str:
    """What went wrong, said where it is read aloud."""
    return f'<p class="ioc-field__error" role="alert">{escape(sentence)}</p>'


def way_in(href: str, text: str) -> str:
    """A link that looks like the button it works as."""
    kind = "ioc-button ioc-button--primary ioc-signin__way"
    return f'<a class="{kind}" href="{escape(href)}">{escape(text)}</a>'


def link(href: str, text: str) -> str:
    """A link to another page of ours."""
    return f'<p><a href="{escape(href)}">{escape(text)}</a></p>'


def listed(rows: dict[str, str]) -> str:
    """Names and what they stand for."""
    pairs = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>" for name, text in rows.items()
    )
    return f'<dl class="ioc-signin__facts">{pairs}</dl>'
