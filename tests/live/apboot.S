# SPDX-License-Identifier: LGPL-2.1-or-later
# svmboot.S for a guest of two CPUs: says of the first what svmboot does, and what the second one's own CPUID shows: "VMX=0 SVM=0 AP=1".
# AP=- means that no second CPU has come up.
#
#   as --32 -o apboot.o apboot.S && ld -m elf_i386 -Ttext=0x7c00 --oformat=binary -o apboot.img apboot.o

	.set	COM1, 0x3f8
	.set	LINE_STATUS, COM1 + 5
	.set	TRANSMITTER_READY, 0x20
	.set	LAPIC_COMMAND, 0xfee00300
	.set	ALL_OTHERS_INIT, 0xc4500
	.set	ALL_OTHERS_START, 0xc4600	# the page of their first instruction is its lowest byte
	.set	TRAMPOLINE, 0x8000
	.set	FAR_JUMP, 0xea

	.code16
	.globl	_start
_start:
	cli
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %ss
	movw	$0x7c00, %sp
	ljmp	$0, $main

main:
	movb	$FAR_JUMP, TRAMPOLINE
	movw	$second, TRAMPOLINE + 1
	movw	$0, TRAMPOLINE + 3

	lgdt	table_register			# the local APIC lies beyond what real mode reaches
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	movw	$8, %bx
	movw	%bx, %es
	andb	$0xfe, %al
	movl	%eax, %cr0
	xorw	%bx, %bx			# whose limit stays, also where an interrupt saves and restores it
	movw	%bx, %es
	movl	$LAPIC_COMMAND, %edi
	movl	$ALL_OTHERS_INIT, %es:(%edi)
	call	tick
	movl	$ALL_OTHERS_START + (TRAMPOLINE >> 12), %es:(%edi)
	call	tick

report:
	movl	$1, %eax			# ECX bit 5: VMX
	cpuid
	shrl	$5, %ecx
	movw	$vmx, %di
	call	digit
	movl	$0x80000001, %eax		# ECX bit 2: SVM
	cpuid
	shrl	$2, %ecx
	movw	$svm, %di
	call	digit

	movw	$line, %si
1:	lodsb
	testb	%al, %al
	jz	3f
	movb	%al, %ah
	movw	$LINE_STATUS, %dx
2:	inb	%dx, %al
	testb	$TRANSMITTER_READY, %al
	jz	2b
	movw	$COM1, %dx
	movb	%ah, %al
	outb	%al, %dx
	jmp	1b
3:	call	tick
	call	tick
	jmp	report

second:
	xorw	%ax, %ax
	movw	%ax, %ds
	movl	$0x80000001, %eax
	cpuid
	shrl	$2, %ecx
	andb	$1, %cl
	addb	$'0', %cl
	movb	%cl, ap
4:	cli
	hlt
	jmp	4b

tick:						# two ticks of the BIOS: more than 55 ms
	sti
	hlt
	hlt
	cli
	ret

digit:						# the lowest bit of CL to the place that DI names
	andb	$1, %cl
	addb	$'0', %cl
	movb	%cl, (%di)
	ret

	.p2align 3
table:	.quad	0, 0x00cf92000000ffff		# flat data
table_register:
	.word	. - table - 1
	.long	table

line:	.ascii	"VMX="
vmx:	.ascii	"? SVM="
svm:	.ascii	"? AP="
ap:	.asciz	"-\r\n"

	.org	510
	.word	0xaa55
