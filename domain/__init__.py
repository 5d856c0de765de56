"""The words every room shares: areas, organisations, periods, working days, verdicts, errors.

Only the standard library is used here, and data in CSV and TOML beside the code. Import a
word from the module that is named after it: `from domain.period import Span`.
"""
