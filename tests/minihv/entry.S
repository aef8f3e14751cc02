/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The crossing between host and guest, and the host's exceptions.
 *
 * The global interrupt flag is clear in the host (VMRUN sets it, an exit
 * clears it again: APM 2 15.17), so that an NMI can arrive only in the two
 * windows below, in which this file opens it.
 */
	.text

/* Offsets into struct guest_regs (svm.h). */
	.set	RBX, 0
	.set	RCX, 8
	.set	RDX, 16
	.set	RBP, 24
	.set	RSI, 32
	.set	RDI, 40
	.set	R8, 48
	.set	R9, 56
	.set	R10, 64
	.set	R11, 72
	.set	R12, 80
	.set	R13, 88
	.set	R14, 96
	.set	R15, 104

/* void svm_run(u64 vmcb_pa, struct guest_regs *regs) */
	.globl	svm_run
svm_run:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	push	%rsi
	mov	%rdi, %rax
	mov	RBX(%rsi), %rbx
	mov	RCX(%rsi), %rcx
	mov	RDX(%rsi), %rdx
	mov	RBP(%rsi), %rbp
	mov	RDI(%rsi), %rdi
	mov	R8(%rsi), %r8
	mov	R9(%rsi), %r9
	mov	R10(%rsi), %r10
	mov	R11(%rsi), %r11
	mov	R12(%rsi), %r12
	mov	R13(%rsi), %r13
	mov	R14(%rsi), %r14
	mov	R15(%rsi), %r15
	mov	RSI(%rsi), %rsi
	vmrun	%rax
	/* rax and rsp are the host's again, all others the guest's. */
	mov	(%rsp), %rax
	mov	%rbx, RBX(%rax)
	mov	%rcx, RCX(%rax)
	mov	%rdx, RDX(%rax)
	mov	%rbp, RBP(%rax)
	mov	%rsi, RSI(%rax)
	mov	%rdi, RDI(%rax)
	mov	%r8, R8(%rax)
	mov	%r9, R9(%rax)
	mov	%r10, R10(%rax)
	mov	%r11, R11(%rax)
	mov	%r12, R12(%rax)
	mov	%r13, R13(%rax)
	mov	%r14, R14(%rax)
	mov	%r15, R15(%rax)
	pop	%rsi
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	cld
	ret

/* The NMI that made the guest exit is still pending: let the host take it. */
	.globl	svm_take_nmi
svm_take_nmi:
	stgi
	nop
	clgi
	ret

/*
 * Wait for an NMI. One that comes between the caller's last look and the HLT
 * must not be slept over: the handler moves a RIP within the window to its end.
 */
	.globl	svm_park
svm_park:
	stgi
park_window:
	hlt
park_window_end:
	clgi
	ret

nmi_entry:
	push	%rax
	lea	park_window(%rip), %rax
	cmp	%rax, 8(%rsp)
	jb	1f
	lea	park_window_end(%rip), %rax
	cmp	%rax, 8(%rsp)
	jae	1f
	mov	%rax, 8(%rsp)
1:	push	%rcx
	push	%rdx
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	push	%rbp
	mov	%rsp, %rbp
	and	$-16, %rsp
	call	host_nmi
	mov	%rbp, %rsp
	pop	%rbp
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%rcx
	pop	%rax
	iretq

/* Vectors for which the processor pushes an error code: 8, 10-14, 17, 21, 29, 30. */
	.set	ERROR_VECTORS, 0x60227d00

	.balign	16
exception_stub_first:
	.set	vec, 0
	.rept	32
	.balign	16
	.if	((ERROR_VECTORS >> vec) & 1) == 0
	push	$0
	.endif
	push	$vec
	jmp	exception_common
	.set	vec, vec + 1
	.endr

exception_common:
	push	%rax
	push	%rcx
	push	%rdx
	push	%rbx
	push	%rbp
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, %rdi
	and	$-16, %rsp
	call	host_exception
	ud2

	.section .rodata
	.balign	8
	.globl	exception_stubs
exception_stubs:
	.set	vec, 0
	.rept	32
	.if	vec == 2
	.quad	nmi_entry
	.else
	.quad	exception_stub_first + vec * 16
	.endif
	.set	vec, vec + 1
	.endr

	.section .note.GNU-stack, "", @progbits
