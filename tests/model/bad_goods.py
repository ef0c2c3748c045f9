"""For every code of free goods and bundles: a text with the fault, what is underlined, and the text mended."""

from __future__ import annotations

from tests.model.bad_texts import Bad
from tests.model.checking import agreement, discount


def free(clauses: str) -> str:
    return agreement(f'free goods f "Gift" {{ {clauses} }}')


BAD = [
    Bad("R0360", free(""), "f", free('every 10 carton of "COLA" give 1 carton, exclusive')),
    Bad(
        "R0361",
        free('buy 2 carton of "COLA" get 1 carton, pro rata'),
        'buy 2 carton of "COLA" get 1 carton, pro rata',
        free('buy 2 carton of "COLA" get 1 carton, partial sets'),
    ),
    Bad(
        "R0362",
        discount('bundle { 0 carton of "COLA" } rate 5%'),
        "0 carton",
        discount('bundle { 2 carton of "COLA" } rate 5%'),
    ),
    Bad(
        "R0363",
        free('every 10 carton of "COLA" give 1 carton'),
        'every 10 carton of "COLA" give 1 carton',
        free('every 10 carton of "COLA" give 1 carton, inclusive'),
    ),
    Bad(
        "R0364",
        agreement(
            'attribute line.colour text items red where line.colour is "red"'
            ' free goods f "Gift" { every 10 carton of "COLA" give 1 carton of red, by choice }'
        ),
        "red",
        free('every 10 carton of "COLA" give 1 carton, exclusive'),
    ),
    Bad(
        "R0365",
        discount("rate EUR 2 per bundle"),
        "EUR 2 per bundle",
        discount('bundle { 2 carton of "COLA" } rate EUR 2 per bundle'),
    ),
]
