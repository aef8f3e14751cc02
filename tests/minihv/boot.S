/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the Multiboot loader (32-bit protected mode, paging off, EBX = boot
 * information) to main() in 64-bit mode. The static page tables map the first
 * 512 GiB one to one with 1 GiB pages, so that every guest-physical address
 * is a pointer; the same memory is seen again in the upper half.
 */
#include "stack.h"

#define MULTIBOOT_MAGIC	0x1badb002
#define MULTIBOOT_FLAGS	3		/* modules page-aligned, memory map wanted */

	.section .multiboot, "a"
	.balign 4
	.long	MULTIBOOT_MAGIC
	.long	MULTIBOOT_FLAGS
	.long	-(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

	.section .text
	.code32
	.globl	_start
_start:
	cli
	cld
	mov	$cpu_stacks + STACK_SIZE, %esp
	mov	%ebx, %edi			/* main()'s argument */
	call	enter_long_mode32
	ljmp	$0x08, $1f
	.code64
1:	mov	$cpu_stacks + STACK_SIZE, %rsp
	mov	%edi, %edi
	call	main
	ud2

/* Paging on with PAE and EFER.LME; still a 32-bit segment. Keeps EDI. */
	.code32
	.globl	enter_long_mode32
enter_long_mode32:
	mov	$host_pml4, %eax
	mov	%eax, %cr3
	mov	$0x20, %eax			/* CR4.PAE */
	mov	%eax, %cr4
	mov	$0xc0000080, %ecx		/* EFER */
	rdmsr
	or	$0x100, %eax			/* LME */
	wrmsr
	mov	$0x80000011, %eax		/* PG, ET, PE */
	mov	%eax, %cr0
	lgdt	host_gdtr
	mov	$0x10, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	ret

	.section .data
	.balign 8
	.globl	host_gdtr
host_gdt:
	.quad	0
	.quad	0x00af9a000000ffff		/* 0x08: 64-bit code */
	.quad	0x00cf92000000ffff		/* 0x10: flat data */
	.quad	0x00cf9a000000ffff		/* 0x18: flat 32-bit code */
host_gdtr:
	.word	. - host_gdt - 1
	.quad	host_gdt

	.balign 4096
host_pml4:
	.quad	host_pdpt + 3
	.fill	495, 8, 0
	.quad	host_pdpt + 3			/* again, at IMAGE_VIEW (image.h) */
	.fill	15, 8, 0
host_pdpt:
	.set	gib, 0
	.rept	512
	.quad	(gib << 30) | 0x83
	.set	gib, gib + 1
	.endr

	.section .note.GNU-stack, "", @progbits
