"""What people write: a word about an alert, a question, a reply. Kept as plain text, never long."""

import re
import unicodedata

from domain.errors import StoreError

MOST = 2000
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")
BREAKS = re.compile(r"\n{3,}")


class WordError(StoreError):
    """A text that cannot be kept: `key` says why ("empty", "long")."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(sentence)
        self.key = key


def spoken(text: str, *, needed: bool = True) -> str:
    """A text as it is kept: without what cannot be seen, in one way of writing accents.

    Raises WordError where nothing is said that needs to be, or too much.
    """
    given = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    seen = "".join(one for one in given if one == "\n" or unicodedata.category(one) not in UNSEEN)
    told = BREAKS.sub("\n\n", seen).strip()
    if needed and not told:
        raise WordError("empty", "Say in a sentence why: the text is empty.")
    if len(told) > MOST:
        raise WordError("long", f"The text has {len(told):,} characters; {MOST:,} are kept.")
    return told
