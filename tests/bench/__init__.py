# SPDX-License-Identifier: GPL-2.0-or-later
"""Benchmarks: ./run bench, see doc/bench.md."""
