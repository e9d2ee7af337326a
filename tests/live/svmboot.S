# SPDX-License-Identifier: LGPL-2.1-or-later
# A guest of 512 bytes: says on its first serial port, twice a second, what its own CPUID shows: "VMX=0 SVM=1".
#
#   as --32 -o svmboot.o svmboot.S && ld -m elf_i386 -Ttext=0x7c00 --oformat=binary -o svmboot.img svmboot.o
#
# It never stops saying so, which shows that a guest brought back from a saved state is alive, and with which CPU.

	.set	COM1, 0x3f8
	.set	LINE_STATUS, COM1 + 5
	.set	TRANSMITTER_READY, 0x20
	.set	BIOS_TICKS, 0x46c		# counts 18.2 times a second

	.code16
	.globl	_start
_start:
	cli
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %ss
	movw	$0x7c00, %sp
	ljmp	$0, $report			# some BIOSes come in at 0x7c0:0

report:
	movl	$1, %eax			# ECX bit 5: VMX
	cpuid
	shrl	$5, %ecx
	movw	$vmx, %di
	call	digit

	movl	$0x80000000, %eax		# a CPU without the leaf answers with another one's bits
	cpuid
	xorl	%ecx, %ecx
	cmpl	$0x80000001, %eax
	jb	1f
	movl	$0x80000001, %eax		# ECX bit 2: SVM
	cpuid
1:	shrl	$2, %ecx
	movw	$svm, %di
	call	digit

	movw	$line, %si
2:	lodsb
	testb	%al, %al
	jz	4f
	movb	%al, %ah
	movw	$LINE_STATUS, %dx
3:	inb	%dx, %al
	testb	$TRANSMITTER_READY, %al
	jz	3b
	movw	$COM1, %dx
	movb	%ah, %al
	outb	%al, %dx
	jmp	2b

4:
.ifdef ONCE					# for many guests at once: this one is heard once, and costs nothing then
	cli
	hlt
.endif
	movw	BIOS_TICKS, %bx
5:	sti
	hlt
	cli
	movw	BIOS_TICKS, %ax
	subw	%bx, %ax
	cmpw	$9, %ax
	jb	5b
	jmp	report

digit:						# the lowest bit of CL to the place that DI names
	andb	$1, %cl
	addb	$'0', %cl
	movb	%cl, (%di)
	ret

line:	.ascii	"VMX="
vmx:	.ascii	"? SVM="
svm:	.asciz	"?\r\n"

	.org	510
	.word	0xaa55
