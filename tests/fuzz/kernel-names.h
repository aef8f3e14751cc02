/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Included by force when formats/encode.c is compiled as the kernel does, so
 * that it can be linked beside the other one.
 */
#define hvd_crc32	     kernel_hvd_crc32
#define hvd_writer_init	     kernel_hvd_writer_init
#define hvd_writer_finish    kernel_hvd_writer_finish
#define hvd_drop	     kernel_hvd_drop
#define hvd_write_header     kernel_hvd_write_header
#define hvd_write_capture    kernel_hvd_write_capture
#define hvd_write_stage	     kernel_hvd_write_stage
#define hvd_write_failure    kernel_hvd_write_failure
#define hvd_write_partition  kernel_hvd_write_partition
#define hvd_write_vp	     kernel_hvd_write_vp
#define hvd_write_hypervisor kernel_hvd_write_hypervisor
#define hvd_write_registers  kernel_hvd_write_registers
#define hvd_write_properties kernel_hvd_write_properties
