// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The message proper goes to the VP's intercept message page; the root VP is
 * told by an opaque message in its SINT 0 slot (TLFS, HV_MESSAGE; Linux's
 * mshv_root expects just that).
 */
#include "intercept.h"

#include "lib.h"
#include "log.h"
#include "registers.h"
#include "slat.h"
#include "smp.h"
#include "statepage.h"
#include "synic.h"

#define MESSAGE_UNMAPPED_GPA	0x80000000u
#define MESSAGE_GPA_INTERCEPT	0x80000001u
#define MESSAGE_UNRECOVERABLE	0x80000021u
#define MESSAGE_OPAQUE		0x8000003fu
#define MESSAGE_HALT		0x80010007u

#define ACCESS_EXECUTE	2
#define CACHE_WRITE_BACK 6
#define GVA_VALID	1

#define CR0_PE		(1ul << 0)
#define CR0_AM		(1ul << 18)
#define CR0_PG		(1ul << 31)

static u64 reg(const struct partition *p, const struct created_vp *v, u32 code)
{
	struct hv_value value;

	created_register(p, v->index, code, &value);
	return value.lo;
}

/*
 * An exception is to be delivered, and there is no interrupt table: that faults,
 * and so does the double fault that comes of it.
 */
#define PENDING_TYPE(v)		((v) >> 1 & 7)
#define PENDING_EXCEPTION	3
#define TABLE_LIMIT(lo)		((lo) >> 48)
static bool triple_faults(const struct partition *p, const struct created_vp *v)
{
	u64 pending = reg(p, v, REG_PENDING_INTERRUPTION);

	return pending & 1 && PENDING_TYPE(pending) == PENDING_EXCEPTION &&
	       !TABLE_LIMIT(reg(p, v, REG_IDTR));
}

/* What the fetch comes to. With paging on its address is not looked into. */
static u32 fetch(const struct partition *p, const struct created_vp *v, u64 *address)
{
	u32 access;

	*address = reg(p, v, REG_CS) + reg(p, v, REG_RIP);
	if (triple_faults(p, v))
		return MESSAGE_UNRECOVERABLE;
	if (reg(p, v, REG_CR0) & CR0_PG)
		return MESSAGE_HALT;
	if (!slat_lookup(p, *address / PAGE_SIZE, &access))
		return MESSAGE_UNMAPPED_GPA;
	return access & SLAT_NO_ACCESS || !(access & SLAT_EXECUTABLE) ? MESSAGE_GPA_INTERCEPT :
									 MESSAGE_HALT;
}

static u16 execution_state(const struct partition *p, const struct created_vp *v)
{
	u64 cr0 = reg(p, v, REG_CR0);
	struct hv_value cs;

	created_register(p, v->index, REG_CS, &cs);
	return (u16)((cr0 & CR0_PE ? cs.hi >> 32 & 3 : 0) | (cr0 & CR0_PE ? 1u << 2 : 0) |
		     (cr0 & CR0_AM ? 1u << 3 : 0) |
		     (reg(p, v, REG_EFER) & EFER_LMA ? 1u << 4 : 0));
}

/* hv_x64_intercept_message_header, with which all payloads begin. */
#define HEADER_SIZE	40
static void fill_header(const struct partition *p, const struct created_vp *v, u8 *payload,
			u8 length, u8 access)
{
	struct hv_value cs;

	created_register(p, v->index, REG_CS, &cs);
	put32(payload, v->index);
	payload[4] = (u8)(length | reg(p, v, REG_CR8) << 4);
	payload[5] = access;
	put16(payload + 6, execution_state(p, v));
	put64(payload + 8, cs.lo);
	put64(payload + 16, cs.hi);
	put64(payload + 24, reg(p, v, REG_RIP));
	put64(payload + 32, reg(p, v, REG_RFLAGS));
}

/* hv_x64_memory_intercept_message, behind the header. */
#define MEMORY_SIZE	80
static void fill_memory(u8 *payload, u64 address)
{
	put32(payload + 40, CACHE_WRITE_BACK);
	payload[45] = GVA_VALID;
	put64(payload + 48, address);
	put64(payload + 56, address);
}

void intercept_message(const struct partition *p, const struct created_vp *v, void *page)
{
	u8 *message = page, *payload = message + SYNIC_PAYLOAD;
	u64 address;
	u32 type = fetch(p, v, &address);

	memset(message, 0, MESSAGE_SIZE);
	if (type == MESSAGE_HALT || type == MESSAGE_UNRECOVERABLE) {
		fill_header(p, v, payload, type == MESSAGE_HALT, ACCESS_EXECUTE);
		synic_header(message, type, HEADER_SIZE, p->id);
	} else {
		fill_header(p, v, payload, 0, ACCESS_EXECUTE);
		fill_memory(payload, address);
		synic_header(message, type, MEMORY_SIZE, p->id);
	}
}

static void tell_root(const struct partition *p, struct created_vp *v)
{
	u8 payload[8] = { 0 };

	put32(payload, v->index);
	if (synic_post(&cpus[v->message_cpu], 0, MESSAGE_OPAQUE, p->id, payload, sizeof(payload)))
		v->message_waits = false;
}

void intercept_run(struct partition *p, struct created_vp *v, struct cpu *cpu)
{
	u8 *page = v->state_page[STATE_PAGE_INTERCEPT];

	if (v->explicit_suspend || v->intercept_suspend || v->dispatch_suspend)
		return;
	v->intercept_suspend = 1;
	v->signal_count++;
	if (page) {
		intercept_message(p, v, page);
		log_line(LOG_EVENTS, "intercept part=0x%lx vp=%u type=0x%x cpu=%u", p->id,
			 v->index, get32(page), cpu->index);
	}
	v->message_waits = true;
	v->message_cpu = cpu->index;
	tell_root(p, v);
}

void intercept_eom(struct cpu *cpu)
{
	smp_lock(cpu, &partition_lock);
	for (const struct partition *p = partition_next_child(ROOT_PARTITION_ID, 0); p;
	     p = partition_next_child(ROOT_PARTITION_ID, p->id)) {
		for (u32 i = 0; p->kind == KIND_CREATED && i < CREATED_MAX_VPS; i++) {
			struct created_vp *v = created_vp(p, i);

			if (v && v->message_waits && v->message_cpu == cpu->index)
				tell_root(p, v);
		}
	}
	spin_unlock(&partition_lock);
}
