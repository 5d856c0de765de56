"""The warehouse of a running collector: orders come from it, and what was read goes into it.

`books` loads what landed and books what failed; beside it `doubts` holds what is not believed,
`pushed` looks after documents that others bring, and `attending` judges who was due.
"""

from datasources.running.ledger.books import FAILED, HELD, Ledger
from datasources.running.ledger.desk import Sources, Terms

__all__ = ["FAILED", "HELD", "Ledger", "Sources", "Terms"]
