"""Every form a folder can be written in, by the name people give it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from dashboards.exports.exhibit import Exhibit, Folder
from domain.errors import ExportError, UnknownNameError

OWN_TEMPLATE = "slides.pptx"
"""A home's own template of slides, in its folder config."""


@dataclass(frozen=True)
class Form:
    """One form: its file's suffix and media type, and how a folder is written in it.

    `of_one` forms hold one exhibit; writers load their library when they are first used.
    """

    name: str
    media: str
    write: Callable[[Folder, Path | None], bytes]
    suffix: str
    of_one: bool = False


def _one(folder: Folder) -> Exhibit:
    if len(folder.exhibits) != 1:
        raise ExportError("A pack cannot be written in this form. Use pptx, pdf, docx or xlsx.")
    return folder.exhibits[0]


def _xlsx(folder: Folder, _: Path | None) -> bytes:
    from dashboards.exports.workbook import xlsx

    return xlsx(folder)


def _pptx(folder: Folder, config: Path | None) -> bytes:
    from dashboards.exports.slides import pptx

    own = config / OWN_TEMPLATE if config else None
    return pptx(folder, own if own and own.exists() else None)


def _pdf(folder: Folder, _: Path | None) -> bytes:
    from dashboards.exports.sheets import pdf

    return pdf(folder)


def _docx(folder: Folder, _: Path | None) -> bytes:
    from dashboards.exports.report import docx

    return docx(folder)


def _csv(folder: Folder, _: Path | None) -> bytes:
    from dashboards.exports.delimited import delimited

    return delimited(_one(folder))


def _svg(folder: Folder, _: Path | None) -> bytes:
    from dashboards.exports.picture import svg

    return svg(_one(folder), folder.language)


def _png(scale: float) -> Callable[[Folder, Path | None], bytes]:
    def written(folder: Folder, _: Path | None) -> bytes:
        from dashboards.exports.picture import picture, png

        return png(picture(_one(folder), folder.language), scale)

    return written


OFFICE = "application/vnd.openxmlformats-officedocument."
FORMS = {
    form.name: form
    for form in (
        Form("pptx", f"{OFFICE}presentationml.presentation", _pptx, "pptx"),
        Form("pdf", "application/pdf", _pdf, "pdf"),
        Form("xlsx", f"{OFFICE}spreadsheetml.sheet", _xlsx, "xlsx"),
        Form("docx", f"{OFFICE}wordprocessingml.document", _docx, "docx"),
        Form("csv", "text/csv", _csv, "csv", of_one=True),
        Form("png", "image/png", _png(2.0), "png", of_one=True),
        Form("png4", "image/png", _png(4.0), "png", of_one=True),
        Form("svg", "image/svg+xml", _svg, "svg", of_one=True),
    )
}


def write_file(form: Form, folder: Folder, path: Path, config: Path | None) -> int:
    """Write a folder to a file, whole or not at all; how many bytes. Raises ExportError."""
    content = form.write(folder, config)
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=".export-", delete=False) as held:
            held.write(content)
        Path(held.name).replace(path)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error}.") from error
    return len(content)


def form_named(name: str) -> Form:
    """The form of a name. Raises UnknownNameError with the nearest ones."""
    if name not in FORMS:
        raise UnknownNameError("form of export", name, FORMS)
    return FORMS[name]
