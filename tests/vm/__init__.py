# SPDX-License-Identifier: GPL-2.0-or-later
"""The whole-system test world: real kernels, broken in QEMU on purpose."""
