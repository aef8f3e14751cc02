// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hvprobe: issues hypercalls from inside a guest of minihv, for selftest.py.
 *
 * A command is written to /proc/hvprobe at a time; what is read from there is all
 * answers so far, a line each:
 *
 *	call CONTROL IN OUT LENGTH [HEX]
 *		A hypercall with this control word. IN and OUT are offsets into two
 *		buffers of two pages, or absolute addresses after an equals sign. HEX is
 *		put in the input buffer; the output buffer is filled with 0xee first.
 *		Answers the result and LENGTH bytes of output.
 *	self	native_read() of this CPU, each register with the hypervisor's answer
 *	spincall CPU CONTROL IN OUT LENGTH [HEX]
 *		A call while another CPU spins with known registers (native_spin());
 *		answers RIP's range first. One command, because nothing that needs the
 *		other CPU's cooperation, such as starting a process, works meanwhile.
 *	disable [ADDRESS LENGTH]...
 *		DisableHypervisorEx; answers its result if it returns. If it does not, the
 *		landing code's findings are in the debug log (crash.c).
 *	crash CPU AREA [ADDRESS LENGTH]...
 *		make that processor of the hypervisor crash, and do the same in the NMI
 *	peek GPA
 *		read 8 bytes of physical memory; answers an errno and the value
 */
#include <linux/io.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <asm/processor.h>

#include "probe.h"

#define BUFFER_SIZE	(2 * PAGE_SIZE)
#define ANSWER_SIZE	(8 * 1024 * 1024)
#define COMMAND_SIZE	(16 * 1024)
#define FILLER		0xee
#define MAX_NATIVE	64

#define CALL_GET_VP_REGISTERS	0x50ull
#define PARTITION_SELF		(~0ull)
#define VP_SELF			0xfffffffeu

static u8 *input, *output;
static char *answers, *command;
static size_t answers_length;
static struct spin spin;
static DEFINE_MUTEX(lock);

u64 probe_hypercall(u64 control, u64 in, u64 out)
{
	unsigned long flags;
	u64 result;

	local_irq_save(flags);
	asm volatile("mov %[out], %%r8\n\t"
		     "vmmcall"
		     : "=a"(result), "+c"(control), "+d"(in)
		     : [out] "r"(out)
		     : "r8", "r9", "r10", "r11", "memory", "cc");
	local_irq_restore(flags);
	return result;
}

void probe_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	answers_length += vscnprintf(answers + answers_length, ANSWER_SIZE - answers_length, fmt,
				     ap);
	va_end(ap);
}

static void say_hex(const u8 *p, size_t n)
{
	while (n--)
		probe_say("%02x", *p++);
}

/* "OFFSET" into a buffer or "=ADDRESS". */
static int parse_address(const char *s, u8 *buffer, u64 *ret)
{
	int err = kstrtou64(*s == '=' ? s + 1 : s, 0, ret);

	if (!err && *s != '=')
		*ret += virt_to_phys(buffer);
	return err;
}

static int do_call(char *args)
{
	char *word[5] = { NULL };
	u64 control, in, out, length;
	int i;

	for (i = 0; i < 5; i++)
		word[i] = strsep(&args, " ");
	if (!word[3] || kstrtou64(word[0], 0, &control) || parse_address(word[1], input, &in) ||
	    parse_address(word[2], output, &out) || kstrtou64(word[3], 0, &length) ||
	    length > BUFFER_SIZE)
		return -EINVAL;
	memset(input, 0, BUFFER_SIZE);
	memset(output, FILLER, BUFFER_SIZE);
	if (word[4]) {
		size_t n = strlen(word[4]) / 2, at = *word[1] == '=' ? 0 : in - virt_to_phys(input);

		if (at + n > BUFFER_SIZE || hex2bin(input + at, word[4], n))
			return -EINVAL;
	}
	probe_say("0x%016llx ", probe_hypercall(control, in, out));
	i = *word[2] == '=' ? 0 : out - virt_to_phys(output);
	say_hex(output + i, min_t(u64, length, BUFFER_SIZE - i));
	return 0;
}

struct get_vp_registers {
	u64 partition;
	u32 vp;
	u32 vtl;
	u32 names[MAX_NATIVE];
};

/* Both views of the same instant, as near as can be: interrupts stay off. */
static int do_self(char *args)
{
	static struct native_register r[MAX_NATIVE];
	struct get_vp_registers *in = (void *)input;
	const u64 *out = (void *)output;
	unsigned long flags;
	unsigned int i, n;
	u64 result;

	local_irq_save(flags);
	n = native_read(r, MAX_NATIVE);
	*in = (struct get_vp_registers){ .partition = PARTITION_SELF, .vp = VP_SELF };
	for (i = 0; i < n; i++)
		in->names[i] = r[i].code;
	result = probe_hypercall(CALL_GET_VP_REGISTERS | (u64)n << 32, virt_to_phys(input),
			   virt_to_phys(output));
	local_irq_restore(flags);
	probe_say("0x%016llx", result);
	for (i = 0; i < n; i++)
		probe_say(" %x=%llx.%llx/%llx.%llx", r[i].code, r[i].lo, r[i].hi, out[i * 2],
		    out[i * 2 + 1]);
	return 0;
}

static void spin_here(void *unused)
{
	native_spin(&spin);
}

static int do_spincall(char *args)
{
	unsigned int cpu;
	int err;

	if (kstrtouint(strsep(&args, " "), 0, &cpu) || !args || cpu == raw_smp_processor_id())
		return -EINVAL;
	probe_say("0x%px 0x%px ", hvprobe_spin_begin, hvprobe_spin_end);
	spin = (struct spin){ 0 };
	err = smp_call_function_single(cpu, spin_here, NULL, 0);
	if (err)
		return err;
	while (!READ_ONCE(spin.spinning))
		cpu_relax();
	err = do_call(args);
	WRITE_ONCE(spin.stop, 1);
	return err;
}

static int do_peek(char *args)
{
	u64 gpa, value = 0;
	void *p;
	int err;

	if (kstrtou64(args, 0, &gpa))
		return -EINVAL;
	p = memremap(gpa, sizeof(value), MEMREMAP_WB);
	if (!p)
		return -ENOMEM;
	err = copy_from_kernel_nofault(&value, p, sizeof(value));
	memunmap(p);
	probe_say("%d 0x%016llx", err, value);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(char *args);
} commands[] = {
	{ "call", do_call }, { "self", do_self }, { "spincall", do_spincall }, { "peek", do_peek },
	{ "disable", probe_disable }, { "crash", probe_crash },
};

static int run_command(char *line)
{
	char *name = strsep(&line, " ");
	int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(name, commands[i].name))
			return commands[i].run(line ? line : "");
	return -EINVAL;
}

static ssize_t probe_write(struct file *file, const char __user *buf, size_t size, loff_t *pos)
{
	int err;

	if (size >= COMMAND_SIZE)
		return -E2BIG;
	mutex_lock(&lock);
	if (copy_from_user(command, buf, size)) {
		err = -EFAULT;
	} else {
		command[size] = '\0';
		err = run_command(strim(command));
	}
	if (err)
		probe_say("error %d", err);
	probe_say("\n");
	mutex_unlock(&lock);
	return size;
}

static ssize_t probe_read(struct file *file, char __user *buf, size_t size, loff_t *pos)
{
	return simple_read_from_buffer(buf, size, pos, answers, answers_length);
}

static const struct proc_ops probe_ops = {
	.proc_read = probe_read,
	.proc_write = probe_write,
};

static int __init probe_init(void)
{
	input = (void *)__get_free_pages(GFP_KERNEL, 1);
	output = (void *)__get_free_pages(GFP_KERNEL, 1);
	answers = vmalloc(ANSWER_SIZE);
	command = kmalloc(COMMAND_SIZE, GFP_KERNEL);
	if (!input || !output || !answers || !command)
		return -ENOMEM;		/* a test guest: nothing to tidy up for */
	if (!proc_create("hvprobe", 0600, NULL, &probe_ops))
		return -ENOMEM;
	return 0;
}
module_init(probe_init);

MODULE_DESCRIPTION("Hypercalls on request, to test a test hypervisor");
MODULE_LICENSE("GPL");
