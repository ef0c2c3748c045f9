"""From the alternatives of the grammar to nodes: free goods and bundles (see `build.py`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from rebates.syntax import nodes as n
from rebates.syntax.leaves import Word
from rebates.syntax.source import Span


def goods_item(at: Span, item: n.Text) -> n.Goods:
    return n.Goods(item.value, None, span=at)


def goods_set(at: Span, name: Word) -> n.Goods:
    return n.Goods(None, name.text, span=at)


def goods_option(at: Span, comma: Word, *words: Word | str | None) -> str:
    return " ".join(word if isinstance(word, str) else word.text for word in words if word is not None)


def every_give(
    at: Span, ordered: n.Quantity, of: n.Goods | None, given: n.Quantity, given_of: n.Goods | None, *options: str
) -> n.GiveClause:
    return n.GiveClause("every", ordered, of, given, given_of, options, span=at)  # type: ignore[arg-type]  # as the grammar


def buy_get(
    at: Span, ordered: n.Quantity, of: n.Goods | None, given: n.Quantity, given_of: n.Goods | None, *options: str
) -> n.GiveClause:
    return n.GiveClause("buy", ordered, of, given, given_of, options, span=at)  # type: ignore[arg-type]  # as the grammar


def bundle(at: Span, *parts: n.BundlePart) -> n.BundleClause:
    return n.BundleClause(parts, span=at)


def bundle_of(at: Span, quantity: n.Quantity, goods: n.Goods) -> n.BundlePart:
    return n.BundlePart(quantity, (goods,), False, span=at)


def bundle_group(at: Span, quantity: n.Quantity, which: Word, *goods: n.Goods) -> n.BundlePart:
    return n.BundlePart(quantity, goods, which.text.startswith("one"), span=at)


_HERE = (goods_item, goods_set, goods_option, every_give, buy_get, bundle, bundle_of, bundle_group)

BUILDERS: Mapping[str, Callable[..., object]] = MappingProxyType({function.__name__: function for function in _HERE})
