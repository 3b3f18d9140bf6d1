"""Random numbers as a pure function of a seed, a purpose and a counter.

No generator is ever kept between two steps: whoever needs draws makes the generator anew from its three numbers, so the
batch of step t does not depend on how t was reached.
"""

from __future__ import annotations

import zlib

import numpy as np


def generator(seed: int, purpose: str, counter: int = 0) -> np.random.Generator:
    """Return a fresh generator for one purpose at one counter value.

    Args:
        seed: the recipe's seed, 0 ≤ seed < 2⁶⁴.
        purpose: a word that keeps independent draws apart, such as `"init"` or `"sampling"`.
        counter: which block of draws of that purpose, 0 ≤ counter < 2⁶⁴; two counters never overlap.

    The generator is Philox 4×64 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): its key is the seed
    and a checksum of the purpose, and `counter` is the most significant word of its 256-bit counter.
    """
    key = np.array([seed, zlib.crc32(purpose.encode())], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=np.array([0, 0, 0, counter], dtype=np.uint64)))
