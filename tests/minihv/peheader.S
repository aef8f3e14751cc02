/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PE32+ header for minihv's memory (Microsoft PE Format, "Overview" to "The
 * .debug Section"), so that tools that look for the hypervisor's image and the
 * name of its symbols find one. Nothing here is executed: the sections are those
 * that minihv.ld has put behind it, file offsets equal to memory offsets.
 */
#include "image.h"

	.set	MACHINE_AMD64, 0x8664
	.set	CHARACTERISTICS, 0x0022		/* executable, large addresses */
	.set	MAGIC_PE32_PLUS, 0x020b
	.set	SUBSYSTEM_NATIVE, 1
	.set	DEBUG_TYPE_CODEVIEW, 2
	.set	SECTION_CODE, 0x60000020	/* code, execute, read */
	.set	SECTION_RODATA, 0x40000040	/* initialised, read */
	.set	SECTION_DATA, 0xc0000040	/* initialised, read, write */
	.set	SECTION_BSS, 0xc0000080		/* uninitialised, read, write */

	.section .image_header, "a"
dos_header:
	.ascii	"MZ"
	.fill	0x3c - 2, 1, 0
	.long	pe_header - dos_header

	.balign	0x80
pe_header:
	.ascii	"PE\0\0"
	.short	MACHINE_AMD64
	.short	(sections_end - sections) / 40
	.long	IMAGE_TIMESTAMP
	.long	0, 0				/* no COFF symbols */
	.short	optional_end - optional
	.short	CHARACTERISTICS

optional:
	.short	MAGIC_PE32_PLUS
	.byte	14, 0				/* linker version */
	.long	image_text_size
	.long	image_data_size
	.long	image_bss_size
	.long	_start - IMAGE_BASE
	.long	image_text
	.quad	IMAGE_VIEW + IMAGE_BASE
	.long	4096, 4096			/* section and file alignment */
	.short	10, 0, 10, 0, 10, 0		/* OS, image, subsystem versions */
	.long	0
	.long	image_total_size
	.long	4096				/* headers */
	.long	IMAGE_CHECKSUM
	.short	SUBSYSTEM_NATIVE, 0
	.quad	0x4000, 0x4000, 0, 0		/* stack and heap: reserve, commit */
	.long	0
	.long	16				/* data directories */
	.fill	6, 8, 0
	.long	debug_directory - IMAGE_BASE, debug_directory_end - debug_directory
	.fill	9, 8, 0
optional_end:

sections:
	.ascii	".text\0\0\0"
	.long	image_text_size, image_text, image_text_size, image_text
	.long	0, 0, 0, SECTION_CODE
	.ascii	".rdata\0\0"
	.long	image_rodata_size, image_rodata, image_rodata_size, image_rodata
	.long	0, 0, 0, SECTION_RODATA
	.ascii	".data\0\0\0"
	.long	image_data_size, image_data, image_data_size, image_data
	.long	0, 0, 0, SECTION_DATA
	.ascii	".bss\0\0\0\0"
	.long	image_bss_size, image_bss, 0, 0
	.long	0, 0, 0, SECTION_BSS
sections_end:

	.section .rodata
	.balign	4
debug_directory:
	.long	0, IMAGE_TIMESTAMP
	.short	0, 0
	.long	DEBUG_TYPE_CODEVIEW
	.long	codeview_end - codeview
	.long	codeview - IMAGE_BASE, codeview - IMAGE_BASE
debug_directory_end:

	.balign	4
	.globl	codeview
codeview:
	.ascii	"RSDS"
	.long	0x3f9a61d2			/* GUID */
	.short	0x7c1e, 0x4b08
	.byte	0x9d, 0x55, 0x0e, 0xc4, 0x81, 0x2b, 0x6a, 0xf7
	.long	1				/* age */
	.asciz	"minihv.pdb"
codeview_end:

	.section .note.GNU-stack, "", @progbits
