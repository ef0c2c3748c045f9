"""What every node has: its place in the text."""

from __future__ import annotations

from dataclasses import dataclass, field

from rebates.syntax.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Anything that stands at a place in a text."""

    span: Span = field(compare=False, repr=False)
