"""R07xx: rule files and folders. R0001 and R0002 tell of files that are too large or nest too deeply."""

from __future__ import annotations

from rebates.syntax.catalogue.entry import Entry

ENTRIES = (
    Entry(
        "R0701",
        "no-such-rules",
        "error",
        "a file or folder that does not exist",
        "there is nothing to read",
        "check the path",
    ),
    Entry(
        "R0702",
        "unreadable-file",
        "error",
        "a rule file that cannot be opened",
        "a rule set with a part missing would price wrongly",
        "check the file and its permissions",
    ),
    Entry(
        "R0703",
        "no-rule-file",
        "error",
        "a folder without a rule file",
        "rule files end in `.rebates`, and none does",
        "name a folder with rule files, or a file",
    ),
    Entry(
        "R0704",
        "not-utf8",
        "error",
        "a rule file that is not UTF-8",
        "letters beyond a to z would be guessed",
        "save the file as UTF-8",
    ),
)
