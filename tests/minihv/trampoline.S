/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where an application processor starts after the start-up IPI: real mode, at
 * TRAMPOLINE, to which smp.c copies the code between the two labels. It jumps
 * to ap_main() on the stack that smp.c left in ap_stack_top.
 */
#include "trampoline.h"

	.section .rodata
	.globl	trampoline_start, trampoline_end
	.code16
trampoline_start:
	cli
	cld
	xor	%ax, %ax
	mov	%ax, %ds
	lgdtl	TRAMPOLINE + (tramp_gdtr - trampoline_start)
	mov	$0x11, %eax
	mov	%eax, %cr0
	ljmpl	$0x18, $TRAMPOLINE + (tramp32 - trampoline_start)
	.code32
tramp32:
	mov	$0x10, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	mov	$ap_start32, %eax
	jmp	*%eax

	.balign 8
tramp_gdt:
	.quad	0, 0
	.quad	0x00cf92000000ffff
	.quad	0x00cf9a000000ffff
tramp_gdtr:
	.word	. - tramp_gdt - 1
	.long	TRAMPOLINE + (tramp_gdt - trampoline_start)
trampoline_end:

	.section .text
	.code32
ap_start32:
	mov	ap_stack_top, %esp
	call	enter_long_mode32
	ljmp	$0x08, $1f
	.code64
1:	mov	ap_stack_top, %rsp
	call	ap_main
	ud2

	.section .note.GNU-stack, "", @progbits
