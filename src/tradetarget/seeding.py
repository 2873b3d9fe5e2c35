"""One seed, many independent streams of random numbers.

A stream is keyed by a stable hash of (seed, names): a unit's numbers are the same bit for bit whatever the order,
the chunk size or the number of workers, and on every platform.
"""

from __future__ import annotations

import hashlib

import numpy as np

from tradetarget.errors import SettingError, shown

LARGEST_SEED = 2**64
"""Seeds lie below it. 64 bits, as other programs write them."""


def checked_seed(seed: object) -> int:
    """The seed as an int; a SettingError unless it is a whole number from 0 up."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < LARGEST_SEED:
        raise SettingError(f"seed {shown(seed)} is not a whole number from 0 up to 2^64: give one, such as 0")
    return int(seed)


def stream(seed: int, *names: str) -> np.random.Generator:
    """A generator keyed by ``seed`` and ``names``.

    The key is the BLAKE2b hash of the names, so that "KAZ-UZB" draws the same numbers alone and among thousands.

    Examples
    --------
    >>> bool(stream(0, "a").random() == stream(0, "a").random())
    True
    """
    digest = hashlib.blake2b("\x1f".join(names).encode("utf8", "surrogatepass"), digest_size=16).digest()
    words = np.frombuffer(digest, dtype="<u4").tolist()
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence([checked_seed(seed), *words])))
