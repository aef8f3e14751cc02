/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The firmware of a machine that does nothing but translate addresses: 64 KiB at
 * the end of the first 4 GiB. It loads control registers with the values that
 * stand at its start, prints 'P' on the debug console, and halts for good. It
 * stays in 32-bit code, which long mode runs too.
 */
	.set	EFER, 0xc0000080
	.set	CODE, 0x08
	.set	DATA, 0x10
	.set	DEBUG_CONSOLE, 0xe9

	.text
	.globl	start
start:
cr0:	.long	0		/* patched in by the test */
cr3:	.long	0
cr4:	.long	0
efer:	.long	0

	.balign	8
gdt:	.quad	0
	.quad	0x00cf9b000000ffff
	.quad	0x00cf93000000ffff
gdt_end:
gdtr:	.word	gdt_end - gdt - 1
	.long	gdt

	.code16
real:	lgdtl	%cs:(gdtr - start)
	mov	%cr0, %eax
	or	$1, %al
	mov	%eax, %cr0
	ljmpl	$CODE, $protected

	.code32
protected:
	mov	$DATA, %eax
	mov	%eax, %ds
	mov	cr4, %eax
	mov	%eax, %cr4
	mov	cr3, %eax
	mov	%eax, %cr3
	mov	$EFER, %ecx
	xor	%edx, %edx
	mov	efer, %eax
	wrmsr
	mov	cr0, %eax
	mov	%eax, %cr0
	mov	$'P', %al
	out	%al, $DEBUG_CONSOLE
0:	hlt
	jmp	0b

	.org	0xfff0
	.code16
reset:	cli
	jmp	real
	.org	0x10000, 0xff
	.section .note.GNU-stack, "", @progbits
