# SPDX-License-Identifier: GPL-2.0-or-later
"""The landmark in minihv's memory (landmark.c), written from its rule alone."""

import struct

MASK = (1 << 64) - 1


def content(seed: int, size: int) -> bytes:
    """The first SIZE bytes of the landmark of a run with this seed."""
    words = []
    state = seed
    for _ in range(size // 8):
        state = state + 0x9E3779B97F4A7C15 & MASK
        z = state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
        z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
        words.append(z ^ z >> 31)
    return struct.pack(f"<{len(words)}Q", *words)
