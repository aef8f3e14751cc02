# SPDX-License-Identifier: GPL-2.0-or-later
"""What the command-line tests share."""


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes minutes; ./run tests --all runs it")
