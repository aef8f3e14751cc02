/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * void devirt_enter(u32 rip, u32 arg)
 *
 * From 64-bit mode to the state in which DisableHypervisorEx enters the root's
 * code, as Linux's hv_trampoline.S states it: 32-bit protected mode, paging
 * off, CR0 0x21, CR4 0, EFER 0x901, PAT as after power-on, flat segments,
 * GDTR, IDTR and TR with base 0 and limit 0xffff, LDTR null, EDI the argument,
 * everything else zero. The code runs one to one, so that paging can be
 * switched off under it. SVM is off already (devirt.c).
 */
	.set	MSR_PAT, 0x277
	.set	MSR_EFER, 0xc0000080
	.set	CR0_ENTRY, 0x21			/* NE, PE */
	.set	EFER_ENTRY, 0x901		/* NXE, LME, SCE */
	.set	PAT_LOW, 0x00070406
	.set	PAT_HIGH, 0x00070406

	.text
	.globl	devirt_enter
devirt_enter:
	mov	%edi, devirt_rip(%rip)
	mov	%esi, devirt_arg(%rip)
	lgdt	devirt_gdtr(%rip)
	push	$0x08
	lea	1f(%rip), %rax
	push	%rax
	lretq

	.code32
1:	mov	$0x10, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %fs
	mov	%eax, %gs
	mov	%eax, %ss
	mov	$CR0_ENTRY, %eax
	mov	%eax, %cr0
	xor	%eax, %eax
	mov	%eax, %cr3
	mov	%eax, %cr4
	mov	$MSR_EFER, %ecx
	mov	$EFER_ENTRY, %eax
	xor	%edx, %edx
	wrmsr
	mov	$MSR_PAT, %ecx
	mov	$PAT_LOW, %eax
	mov	$PAT_HIGH, %edx
	wrmsr
	mov	$0x18, %eax
	ltr	%ax
	xor	%eax, %eax
	lldt	%ax
	mov	devirt_arg, %edi
	lgdt	empty_table
	lidt	empty_table
	xor	%ecx, %ecx
	xor	%edx, %edx
	xor	%ebx, %ebx
	xor	%esi, %esi
	xor	%ebp, %ebp
	xor	%esp, %esp
	jmp	*devirt_rip
	.code64

	.section .data
	.balign	8
devirt_gdt:
	.quad	0
	.quad	0x00cf9a000000ffff		/* 0x08: flat 32-bit code, readable */
	.quad	0x00cf92000000ffff		/* 0x10: flat data */
	.quad	0x000089000000ffff		/* 0x18: 32-bit TSS at 0 */
devirt_gdtr:
	.word	. - devirt_gdt - 1
	.quad	devirt_gdt
empty_table:
	.word	0xffff
	.long	0
devirt_rip:
	.long	0
devirt_arg:
	.long	0

	.section .note.GNU-stack, "", @progbits
