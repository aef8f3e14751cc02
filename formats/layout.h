/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file layout.h
 * Structures of the hypervisor's interface as data: registers with fields,
 * messages, the pages that it shares. One row says where a field is and what
 * its value means; one walk takes bytes apart; text and JSON are written from
 * what the walk yields, and know no structure.
 *
 * Everything is little-endian. Tables are static and constant; nothing here
 * allocates or keeps state.
 */
#ifndef HVD_LAYOUT_H
#define HVD_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hvd_layout;

/** What a value is, and so how it is shown. */
enum hvd_field_kind {
	HVD_FIELD_NUMBER,	/**< a count, a size, an index: decimal */
	HVD_FIELD_HEX,		/**< an address, a mask, what has no better kind */
	HVD_FIELD_FLAG,		/**< one bit; its name is what it says when set */
	HVD_FIELD_NAMED,	/**< one of names */
	HVD_FIELD_STATUS,	/**< a hypercall's status, HVD_ABI_STATUS */
	HVD_FIELD_HYPERCALL,	/**< a call code, HVD_ABI_HYPERCALLS */
	HVD_FIELD_REGISTER,	/**< a register's name, HVD_ABI_REGISTERS */
	HVD_FIELD_BYTES,	/**< bytes without a number's meaning */
	HVD_FIELD_TEXT,		/**< characters, ended by a NUL or their room */
	HVD_FIELD_GUID,		/**< 16 bytes, the first three parts swapped */
	HVD_FIELD_LAYOUT	/**< a structure in a structure */
};

/** What one value means. */
struct hvd_value_name {
	uint64_t value;
	const char *name;	/**< a few words, lower case */
};

/** One field, or an array of them. */
struct hvd_field_row {
	const char *name;	/**< lower snake case, as the headers spell it */
	uint16_t offset;	/**< bytes from the structure's start */
	uint16_t size;		/**< bytes of it, or of the integer it lies in */
	uint8_t bit;		/**< its lowest bit in that integer ... */
	uint8_t bits;		/**< ... and their number; 0: the whole of it */
	uint8_t kind;		/**< enum hvd_field_kind */
	uint16_t count;		/**< elements of an array; 0: it is none */
	uint16_t nr_names;
	const struct hvd_value_name *names;	/**< of HVD_FIELD_NAMED */
	const struct hvd_layout *layout;	/**< of HVD_FIELD_LAYOUT */
};

/** A structure. */
struct hvd_layout {
	const char *name;	/**< as Linux's headers have it, "hv_x64_..." */
	const char *sources;	/**< letters, see hvd_abi_source_name() */
	uint32_t size;		/**< bytes */
	const struct hvd_field_row *rows;	/**< in the order of offsets */
	size_t nr_rows;
};

/** One field of some bytes. */
struct hvd_field {
	const struct hvd_field_row *row;
	unsigned int depth;	/**< 0: of the structure itself */
	unsigned int index;	/**< of an array's element */
	uint32_t offset;	/**< from the first of all bytes */
	bool cut;		/**< the bytes end before it; it has no value */
	uint64_t value;		/**< of an integer, shifted and masked */
	uint64_t high;		/**< bits 64 to 127 of one of 16 bytes */
	const uint8_t *bytes;	/**< row->size of them, where they are */
};

/** Takes one field; anything but 0 ends the walk. */
typedef int (*hvd_field_fn)(const struct hvd_field *field, void *arg);

/**
 * Take bytes apart, field by field, in the order of the rows. A structure in
 * the structure comes before its own fields, which are one deeper.
 *
 * @param[in] bytes  may be fewer than the layout's size: what lies behind them
 *                   is passed on as cut
 * @return 0, or what @p fn ended the walk with
 */
int hvd_layout_walk(const struct hvd_layout *layout, const uint8_t *bytes,
		    size_t size, hvd_field_fn fn, void *arg);

/** The name of a value in words, or NULL; for HVD_FIELD_NAMED. */
const char *hvd_field_name_of(const struct hvd_field *field);

#endif /* HVD_LAYOUT_H */
