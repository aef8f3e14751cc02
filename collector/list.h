/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVDUMP_LIST_H
#define HVDUMP_LIST_H

/**
 * list_dumps() - hvdumpctl list: a line a dump, the newest first
 * Its name, what became of it, its size, and the first line of its report.
 */
int list_dumps(void);

#endif /* HVDUMP_LIST_H */
