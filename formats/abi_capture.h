/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file abi_capture.h
 * What is asked for at a crash: arrays of register and property codes.
 *
 * For the kernel module, and for user space that wants the same lists. The
 * codes come from the very rows that name them (abi_registers_*.def,
 * abi_properties.def); nothing is to be kept in step by hand. Each array is in
 * ascending order of the codes, none has a register that must not be read.
 *
 * The architecture is the one compiled for. Define HVD_CAPTURE_ARM64 as 0 or 1
 * beforehand to choose.
 */
#ifndef HVD_ABI_CAPTURE_H
#define HVD_ABI_CAPTURE_H

#include <linux/types.h>

#ifndef HVD_CAPTURE_ARM64
#ifdef __aarch64__
#define HVD_CAPTURE_ARM64 1
#else
#define HVD_CAPTURE_ARM64 0
#endif
#endif

#if HVD_CAPTURE_ARM64
#define HVD_CAPTURE_REGISTERS "abi_registers_arm64.def"
#else
#define HVD_CAPTURE_REGISTERS "abi_registers_x86_64.def"
#endif

/* A row becomes its code and a comma, or nothing: see HVD_PICK_* below. */
#define HVD_ALSO(code_, name_)

#define HVD_REG(code_, name_, bits_, group_, capture_, sources_, text_)	\
	HVD_PICK_##capture_(code_)
#define HVD_PICK_ESSENTIAL(code_) code_,
#define HVD_PICK_REST(code_)
#define HVD_PICK_NEVER(code_)

/** Registers that tell where a VP was: asked for first, of every VP. */
static const __u32 hvd_capture_essential[] __attribute__((__unused__)) = {
#include HVD_CAPTURE_REGISTERS
};

#undef HVD_PICK_ESSENTIAL
#undef HVD_PICK_REST
#define HVD_PICK_ESSENTIAL(code_)
#define HVD_PICK_REST(code_) code_,
#define HVD_ALSO(code_, name_)
#define HVD_REG(code_, name_, bits_, group_, capture_, sources_, text_)	\
	HVD_PICK_##capture_(code_)

/** All the others that a first-party source confirms and a read leaves alone. */
static const __u32 hvd_capture_rest[] __attribute__((__unused__)) = {
#include HVD_CAPTURE_REGISTERS
};

#undef HVD_PICK_ESSENTIAL
#undef HVD_PICK_REST
#undef HVD_PICK_NEVER

#define HVD_PICK_SKIP_ANY(code_)
#define HVD_PICK_SKIP_X86_64(code_)
#define HVD_PICK_SKIP_ARM64(code_)
#define HVD_PICK_ASK_ANY(code_) code_,
#if HVD_CAPTURE_ARM64
#define HVD_PICK_ASK_X86_64(code_)
#define HVD_PICK_ASK_ARM64(code_) code_,
#else
#define HVD_PICK_ASK_X86_64(code_) code_,
#define HVD_PICK_ASK_ARM64(code_)
#endif
#define HVD_ALSO(code_, name_)
#define HVD_PROP(code_, name_, bits_, unit_, arch_, capture_, sources_, text_)	\
	HVD_PICK_##capture_##_##arch_(code_)

/** Partition properties: one u64 each, read by GetPartitionProperty (0x44). */
static const __u32 hvd_capture_properties[] __attribute__((__unused__)) = {
#include "abi_properties.def"
};

#undef HVD_PICK_SKIP_ANY
#undef HVD_PICK_SKIP_X86_64
#undef HVD_PICK_SKIP_ARM64
#undef HVD_PICK_ASK_ANY
#undef HVD_PICK_ASK_X86_64
#undef HVD_PICK_ASK_ARM64

#endif /* HVD_ABI_CAPTURE_H */
