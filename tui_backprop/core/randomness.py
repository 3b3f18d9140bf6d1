"""Random numbers as a pure function of (seed, purpose, step, place).

There is no "next number": number i of a stream is a hash of the stream's key and of i. So the batch of a step does not
depend on how the step was reached, and the numbers of many seeds and many steps are computed at once.

The hash is SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators"). Its state is a
counter, and it passes the tests of BigCrush. Philox, the usual counter-based generator, needs about ten times as many NumPy
calls for the same bits. It would guarantee that two streams never overlap. Here two of n streams of m numbers overlap with
a probability of about n²m/2⁶⁴: for a million runs of 10,000 steps that is 1 in 1,800.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from tui_backprop.core.arrays import Array, Indices

Words = NDArray[np.uint64]
"""64 random bits each."""

PURPOSES = {
    "init": 1,
    "random": 2,
    "shuffle": 3,
    "split": 4,
    "input noise": 5,
    "label noise": 6,
    "wrong label": 7,
    "surface": 8,
    "own samples": 9,
}
"""What streams are for. A number is never given to another purpose: the numbers of saved runs would change."""

_GOLDEN = 0x9E3779B97F4A7C15  # 2⁶⁴ / φ, odd
_CHUNK = 2**12  # words that are computed at a time, about: they stay in a processor's nearest cache


def hash_of(number: Callable[[int], Any], *, wraps: bool = True) -> Callable[[Any, Any], Any]:
    """Return the hash for one kind of 64-bit number: (key, place) → word.

    Args:
        number: makes a constant of that kind: `int` for Python's integers, `np.uint64` for numba, and 0-d arrays for arrays,
            which are broadcast.
        wraps: whether results of that kind are cut to 64 bits by themselves. Python's integers are not.

    The word is what a SplitMix64 generator in the state `key` gives after `place` other words.
    """
    every, golden = number(2**64 - 1), number(_GOLDEN)
    first, once, second, twice, third = map(number, (30, 0xBF58476D1CE4E5B9, 27, 0x94D049BB133111EB, 31))

    def word(key: Any, place: Any) -> Any:
        z = key + golden + place * golden
        if not wraps:
            z &= every
        z = (z ^ (z >> first)) * once
        if not wraps:
            z &= every
        z = (z ^ (z >> second)) * twice
        if not wraps:
            z &= every
        return z ^ (z >> third)

    return word


def _constant(value: int) -> Words:
    return np.array(value, dtype=np.uint64)  # arrays meet 0-d arrays faster than other numbers


_HALF, _LOWER = _constant(32), _constant(2**32 - 1)
word: Callable[[int, int], int] = hash_of(int, wraps=False)
"""The hash of Python's integers."""
words: Callable[[Words, Words], Words] = hash_of(_constant)
"""The hash of arrays."""


def key_of(seed: int, purpose: str, step: int = 0) -> int:
    """Return the key of a stream.

    Args:
        seed: the recipe's seed, 0 ≤ seed < 2⁶⁴.
        purpose: a name of `PURPOSES`, which keeps independent draws apart.
        step: which of the streams of that purpose, 0 ≤ step < 2⁶⁴.

    Raises:
        KeyError: an unknown purpose.
    """
    return word(word(word(0, PURPOSES[purpose]), seed), step)


@dataclass(frozen=True, eq=False)
class Stream:
    """The random numbers of one (seed, purpose, step), or of many seeds at once.

    Results begin at place `first` and have `count` places: (count,) for one stream, (count, streams) for several.
    """

    keys: Words
    """From `key_of`: (1,), or (streams,)."""

    @classmethod
    def of(cls, seed: int | Sequence[int], purpose: str, step: int = 0) -> Stream:
        """Return the stream of a seed, or of each of several."""
        several = [seed] if isinstance(seed, int) else seed
        return cls(np.array([key_of(one, purpose, step) for one in several], dtype=np.uint64))

    def words(self, first: int, count: int) -> Words:
        """Return 64 random bits for each place."""
        places = np.arange(first, first + count, dtype=np.uint64)
        return words(self.keys, places if len(self.keys) == 1 else places[:, np.newaxis])

    def unit(self, first: int, count: int) -> Array:
        """Return numbers of [0, 1), multiples of 2⁻⁵³."""
        return (self.words(first, count) >> 11).astype(np.float64) * 2.0**-53

    def normal(self, first: int, count: int) -> Array:
        """Return standard normal numbers: the quantiles at (k + ½)/2⁵², k = 0 … 2⁵² − 1 with equal probability."""
        from statistics import NormalDist  # noqa: PLC0415  (many runs need no normal numbers, and loading it takes time)

        quantile = NormalDist().inv_cdf
        places = ((self.words(first, count) >> 12).astype(np.float64) + 0.5) * 2.0**-52
        return np.array([quantile(place) for place in places.ravel().tolist()]).reshape(places.shape)

    def below(self, limit: int, first: int, count: int) -> Indices:
        """Return whole numbers 0 … limit − 1, all with the same probability; 1 ≤ limit ≤ 2³².

        Half a word times `limit` is cut to its upper 32 bits. Some results would come from one value of the half more than
        others; the lower 32 bits show it, and such a half is drawn again (Lemire 2019, "Fast random integer generation in an
        interval"). Two places share a word, which saves half of the hashing.
        """
        skipped = first % 2  # a place of the first word that was not asked for
        pairs = (count + skipped + 1) // 2
        drawn = np.empty((pairs, 2, *(() if len(self.keys) == 1 else self.keys.shape)), dtype=np.int64)
        factor, excess = _constant(limit), 2**32 % limit
        at_a_time = max(1, _CHUNK // len(self.keys))
        for pair in range(0, pairs, at_a_time):
            some = drawn[pair : pair + at_a_time].view(np.uint64)
            bits = self.words(first // 2 + pair, len(some))
            np.bitwise_and(bits, _LOWER, out=some[:, 0])
            np.right_shift(bits, _HALF, out=some[:, 1])
            some *= factor
            if excess and (some & _LOWER).min() < excess:
                self._draw_again(some, limit, first - skipped + 2 * pair)
            some >>= _HALF
        return drawn.reshape(2 * pairs, *drawn.shape[2:])[skipped : skipped + count]

    def _draw_again(self, products: Words, limit: int, first: int) -> None:
        """Replace those products (pairs, 2, …), the first of place `first`, whose lower half says that they are refused."""
        excess = 2**32 % limit
        refused = np.nonzero((products & _LOWER) < excess)
        places = (first + 2 * refused[0] + refused[1]).astype(np.uint64)
        keys = self.keys[refused[2]] if products.ndim > 2 else np.repeat(self.keys, len(places))
        attempt = 0
        while len(places):
            attempt += 1
            again = (words(words(keys, np.full(1, 2**64 - attempt, dtype=np.uint64)), places) >> _HALF) * _constant(
                limit
            )
            products[refused] = again
            left = (again & _LOWER) < excess
            refused, places, keys = tuple(axis[left] for axis in refused), places[left], keys[left]

    def permutations(self, size: int, first: int, count: int) -> Indices:
        """Return permutations `first`, `first` + 1, … of 0 … size − 1: (count, size), or (streams, count, size).

        The numbers are sorted by the leading bits of their words, as many as there is room for beside the number itself.
        """
        room = _constant(size.bit_length())
        drawn = self.words(first * size, count * size).T
        keyed = drawn.reshape(*drawn.shape[:-1], count, size) >> room << room
        keyed |= np.arange(size, dtype=np.uint64)
        keyed.sort(axis=-1)
        return cast(Indices, (keyed & (2 ** size.bit_length() - 1)).astype(np.int64))
