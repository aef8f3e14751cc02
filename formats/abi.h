/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file abi.h
 * The numbers of the Microsoft hypervisor's interface, and their names.
 *
 * Every table is static and constant: nothing here allocates, prints or keeps
 * state, and every pointer handed out stays valid. The rows are in the .def
 * files, one a code; doc/abi-sources.md says where they come from.
 */
#ifndef HVD_ABI_H
#define HVD_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * The code of a counter: whose it is (HV_STATS_OBJECT_TYPE), and its place in
 * the page, below 512.
 */
#define HVD_ABI_COUNTER(object, index) ((uint32_t)(object) << 12 | (uint32_t)(index))
#define HVD_ABI_COUNTER_OBJECT(code)   ((code) >> 12)
#define HVD_ABI_COUNTER_INDEX(code)    ((code)&0xfff)

/** What a code means depends on where it stands. */
enum hvd_abi_kind {
	HVD_ABI_REGISTERS,		/**< VP registers; a table per architecture */
	HVD_ABI_PROPERTIES,		/**< partition properties */
	HVD_ABI_HYPERCALLS,		/**< hypercall codes */
	HVD_ABI_STATUS,			/**< hypercall status codes */
	HVD_ABI_SYSTEM_PROPERTIES,	/**< system properties */
	HVD_ABI_PRIVILEGES,		/**< bits of the privilege mask */
	HVD_ABI_MESSAGES,		/**< message types; payloads: message.h */
	HVD_ABI_COUNTERS,		/**< of statistics pages; a table per
					 *   architecture, see HVD_ABI_COUNTER() */
	HVD_ABI_KINDS
};

/** Architectures; a row's are a mask. */
enum hvd_abi_arch {
	HVD_ABI_X86_64 = 1,
	HVD_ABI_ARM64 = 2,
	HVD_ABI_ANY = HVD_ABI_X86_64 | HVD_ABI_ARM64
};

/** Whether a register or property is asked for at a crash. */
enum hvd_abi_capture {
	HVD_ABI_NEVER,		/**< not asked for; the .def file says why */
	HVD_ABI_REST,		/**< asked for once the essential ones are safe */
	HVD_ABI_ESSENTIAL	/**< asked for first: where was this VP? */
};

/** How a hypercall takes its arguments. */
enum hvd_abi_form {
	HVD_ABI_FORM_UNKNOWN,
	HVD_ABI_FORM_SIMPLE,
	HVD_ABI_FORM_REP,
	HVD_ABI_FORM_FAST,
	HVD_ABI_FORM_VARIABLE
};

/** What registers are shown together; the list is abi_groups.def. */
enum hvd_abi_group {
#define HVD_GROUP(group_, name_) HVD_ABI_GROUP_##group_,
#include "abi_groups.def"
	HVD_ABI_GROUPS
};

/** One code. A field that its kind has no use for is 0, and a string "". */
struct hvd_abi_row {
	uint32_t code;		/**< the hypervisor's number (privilege: bit) */
	const char *name;	/**< upper snake case, without a prefix */
	uint16_t bits;		/**< register: significant bits of the 16-byte
				 *   value, 0 = scalable; property: 64, or 0 =
				 *   longer, read by GetPartitionPropertyEx */
	uint8_t arch;		/**< mask of enum hvd_abi_arch */
	uint8_t group;		/**< register: enum hvd_abi_group */
	uint8_t capture;	/**< register, property: enum hvd_abi_capture */
	uint8_t form;		/**< hypercall: enum hvd_abi_form */
	const char *unit;	/**< property, counter: of the value, or "" */
	const char *sources;	/**< letters, see hvd_abi_source_name() */
	const char *text;	/**< a few words for people, or "" */
};

/**
 * All rows of a kind, in ascending order of their codes.
 *
 * @param[in]  arch   which registers or counters: HVD_ABI_X86_64 or
 *                    HVD_ABI_ARM64. The other kinds have one table for both;
 *                    look at a row's arch.
 * @param[out] count  number of rows
 * @return the first row, or NULL (and a count of 0) for an unknown kind, or for
 *         registers of no single architecture
 */
const struct hvd_abi_row *hvd_abi_rows(enum hvd_abi_kind kind,
				       enum hvd_abi_arch arch, size_t *count);

/**
 * The row of a code, by binary search.
 *
 * @param[in] arch  as in hvd_abi_rows(); of no account for other kinds than
 *                  registers, since their codes mean the same everywhere
 * @return the row, or NULL if the code has none
 */
const struct hvd_abi_row *hvd_abi_find(enum hvd_abi_kind kind,
				       enum hvd_abi_arch arch, uint32_t code);

/**
 * The row of a name, by a walk through the table (for what people type).
 *
 * Upper and lower case are the same. The prefixes of the various headers may
 * be there (HV_X64_REGISTER_RIP, HVCALL_GET_VP_REGISTERS, HV_STATUS_TIME_OUT),
 * so may the specification's spelling (HvX64RegisterRip, GetVpRegisters) and
 * the other names that a .def file gives. A name spelled exactly as a row's
 * comes before one that only differs in its underscores.
 *
 * @param[in] arch  as in hvd_abi_find()
 * @return the row, or NULL for an unknown name (also NULL or ""), or for a
 *         spelling that fits two rows
 */
const struct hvd_abi_row *hvd_abi_find_name(enum hvd_abi_kind kind,
					    enum hvd_abi_arch arch,
					    const char *name);

/** True if no first-party source (L, M, O, T, W) has this row. */
bool hvd_abi_is_uncertain(const struct hvd_abi_row *row);

/** "LX", "MSHV", "OVMM", "TLFS", "WDK", "MILE"; NULL for no such letter. */
const char *hvd_abi_source_name(char letter);

/** The kind as `hvdump abi` takes it: "registers", "status"; or NULL. */
const char *hvd_abi_kind_name(enum hvd_abi_kind kind);

/** "x86-64", "arm64", "any"; or NULL. */
const char *hvd_abi_arch_name(unsigned int arch);

/** The group as it is printed: "control", "synic"; or NULL. */
const char *hvd_abi_group_name(unsigned int group);

/** "essential", "rest", "never"; or NULL. */
const char *hvd_abi_capture_name(unsigned int capture);

/** "simple", "rep", "fast", "variable", "unknown"; or NULL. */
const char *hvd_abi_form_name(unsigned int form);

#endif /* HVD_ABI_H */
