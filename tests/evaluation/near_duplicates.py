"""Messages that say nearly the same in nearly the same letters: cosine similarity of character 5-grams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

_ROWS_AT_ONCE = 1_000
_MAX_COMMON = 0.05  # share of messages beyond which an n-gram says nothing


def _vectors(texts: Sequence[str]) -> csr_matrix:
    return TfidfVectorizer(analyzer="char_wb", ngram_range=(5, 5), sublinear_tf=True, max_df=_MAX_COMMON, min_df=2).fit_transform(
        [text.lower() for text in texts]
    )


def near_duplicates(first: Sequence[str], second: Sequence[str], similarity: float) -> Iterator[tuple[str, str]]:
    """Pairs of a text of `first` and a text of `second` that are at least that similar.

    Args:
        first: Texts.
        second: Texts; the same object as `first` compares a collection with itself, each pair once.
        similarity: Cosine, 0 to 1.
    """
    vectors = _vectors([*first, *second])
    rows, columns = vectors[: len(first)], vectors[len(first) :].T.tocsc()
    for start in range(0, len(first), _ROWS_AT_ONCE):
        product = (rows[start : start + _ROWS_AT_ONCE] @ columns).tocoo()
        for row, column, value in zip(product.row, product.col, product.data):
            if value >= similarity and (first is not second or start + row < column):
                yield first[start + row], second[column]
