# SPDX-License-Identifier: GPL-2.0-or-later
"""Every register of every partition that minihv made is in every kind of dump, with its value.

What is right comes from the rule by which minihv fills its partitions, computed a second time
in tests/minihv/registers.py from the seed that was drawn for this run.
"""
