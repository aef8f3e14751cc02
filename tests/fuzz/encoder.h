/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * formats/encode.c as a table of functions, so that two compilations of it can
 * be given the same to write. The second one's symbols begin with "kernel_".
 */
#ifndef FUZZ_ENCODER_H
#define FUZZ_ENCODER_H

#include "encode.h"

#define ENCODER_FUNCTIONS(F)    \
	F(hvd_crc32)            \
	F(hvd_writer_init)      \
	F(hvd_writer_finish)    \
	F(hvd_drop)             \
	F(hvd_table_begin)      \
	F(hvd_table_add)        \
	F(hvd_write_header)     \
	F(hvd_write_capture)    \
	F(hvd_write_stage)      \
	F(hvd_write_failure)    \
	F(hvd_write_partition)  \
	F(hvd_write_vp)         \
	F(hvd_write_hypervisor) \
	F(hvd_write_registers)  \
	F(hvd_write_properties) \
	F(hvd_write_pages)      \
	F(hvd_write_memory)     \
	F(hvd_write_unread)     \
	F(hvd_write_state)      \
	F(hvd_write_balance)    \
	F(hvd_write_run_times)

#define ENCODER_MEMBER(name)	__typeof__(name) *name;
#define ENCODER_KERNEL(name)	extern __typeof__(name) kernel_##name;
#define ENCODER_OF_USER(name)	.name = name,
#define ENCODER_OF_KERNEL(name) .name = kernel_##name,

/** One compilation of the encoder. */
struct encoder {
	ENCODER_FUNCTIONS(ENCODER_MEMBER)
};

#endif /* FUZZ_ENCODER_H */
