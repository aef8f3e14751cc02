// SPDX-License-Identifier: GPL-2.0-or-later
/* Records in a few words: see summary.h. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "failures.h"
#include "names.h"
#include "summary.h"

#define TOO_SHORT "too short for its type"

static const char *or_number(char *buf, const char *name, uint32_t number)
{
	if (name)
		return name;
	snprintf(buf, NAME_SIZE, "%" PRIu32, number);
	return buf;
}

static void sum_chunk(char *buf, const struct hvd_record *rec)
{
	struct hvd_chunk_record r;

	if (hvd_read_chunk_record(rec, &r))
		return;
	snprintf(buf, SUMMARY_SIZE,
		 "%s chunk %" PRIu32 " of %" PRIu32 ", %" PRIu32
		 " bytes at 0x%" PRIx64,
		 r.role == HVD_ROLE_CAPTURE ? "capture"
		 : r.role == HVD_ROLE_STAGE	? "stage"
		 : r.role == HVD_ROLE_COLLECTOR ? "collector"
						: "other",
		 r.index, r.count, r.size, (uint64_t)r.address);
}

static void sum_chunk_end(char *buf, const struct hvd_record *rec)
{
	struct hvd_chunk_end r;

	if (!hvd_read_chunk_end(rec, &r))
		snprintf(buf, SUMMARY_SIZE,
			 "%" PRIu32 " bytes, CRC-32 0x%08" PRIx32, r.length,
			 r.crc);
}

static void sum_header(char *buf, const struct hvd_record *rec)
{
	struct hvd_header r;
	char release[65], number[NAME_SIZE];

	if (!hvd_read_header(rec, &r))
		snprintf(buf, SUMMARY_SIZE,
			 "format %" PRIu32 ", kernel %s, %s "
			 "partition 0x%" PRIx64,
			 r.format,
			 clean_text(release, sizeof(release), r.release,
				    sizeof(r.release)),
			 or_number(number, name_of_kind(r.kind), r.kind),
			 (uint64_t)r.partition_id);
}

static void sum_capture(char *buf, const struct hvd_record *rec)
{
	struct hvd_capture r;
	char number[NAME_SIZE], flags[96];

	if (!hvd_read_capture(rec, &r))
		snprintf(buf, SUMMARY_SIZE,
			 "%s on CPU %" PRIu32 ", VP %" PRIu32 " [%s]",
			 or_number(number, hvd_reason_name(r.reason), r.reason),
			 r.cpu, r.vp_index,
			 join_flags(flags, sizeof(flags), capture_flag_names,
				    r.flags));
}

static void sum_end(char *buf, const struct hvd_record *rec)
{
	struct hvd_end r;

	if (!hvd_read_end(rec, &r))
		snprintf(buf, SUMMARY_SIZE,
			 "%" PRIu32 " records, %" PRIu64 " bytes, %" PRIu32
			 " hypercalls, dropped %" PRIu32 " kinds",
			 r.records, (uint64_t)r.bytes, r.calls, r.count);
}

static void sum_stage(char *buf, const struct hvd_record *rec)
{
	struct hvd_stage r;
	char number[NAME_SIZE], flags[96];
	const char *first;

	if (hvd_read_stage(rec, &r))
		return;
	first = name_of_first(r.first);
	snprintf(buf, SUMMARY_SIZE,
		 "call %" PRIu32 " on CPU %" PRIu32 ": hypervisor %s [%s]%s%s",
		 r.call, r.cpu,
		 or_number(number, name_of_stage(r.hypervisor), r.hypervisor),
		 join_flags(flags, sizeof(flags), capture_flag_names, r.flags),
		 first ? ", first call " : "", first ? first : "");
}

static void sum_pages(char *buf, const struct hvd_record *rec)
{
	struct hvd_elements els;
	char number[NAME_SIZE];
	struct hvd_pages r;
	struct hvd_page e;

	if (hvd_read_pages(rec, &r))
		return;
	if (hvd_page_elements(rec, r.count, r.stride, &els) || !els.count) {
		snprintf(buf, SUMMARY_SIZE, "%" PRIu32 " pages", r.count);
		return;
	}
	hvd_get_page(&els, 0, &e);
	snprintf(buf, SUMMARY_SIZE,
		 "%" PRIu32 " %s, first page 0x%" PRIx64 ": %s", r.count,
		 r.count == 1 ? "page" : "pages", (uint64_t)e.pfn,
		 or_number(number, name_of_page_kind(e.kind), e.kind));
}

static void sum_memory(char *buf, const struct hvd_record *rec)
{
	struct hvd_memory r;
	char number[NAME_SIZE];

	if (!hvd_read_memory(rec, &r))
		snprintf(buf, SUMMARY_SIZE,
			 "%" PRIu32 " bytes at %" PRIu32
			 " of page 0x%" PRIx64 ": %s",
			 r.size, r.offset, (uint64_t)r.pfn,
			 or_number(number, name_of_page_kind(r.kind), r.kind));
}

static void sum_state(char *buf, const struct hvd_record *rec)
{
	struct hvd_state r;

	if (hvd_read_state(rec, &r))
		return;
	snprintf(buf, SUMMARY_SIZE,
		 "partition 0x%" PRIx64 ", VP %" PRIu32 ", VTL %u, type 0x%"
		 PRIx32 ", %" PRIu32 " bytes", (uint64_t)r.partition_id,
		 r.vp_index, r.vtl, r.type, r.size);
}

static void sum_balance(char *buf, const struct hvd_record *rec)
{
	struct hvd_balance r;

	if (hvd_read_balance(rec, &r))
		return;
	snprintf(buf, SUMMARY_SIZE,
		 "partition 0x%" PRIx64 ", pages: %" PRIu64 ", %" PRIu64,
		 (uint64_t)r.partition_id, (uint64_t)r.first,
		 (uint64_t)r.second);
}

static void sum_run_times(char *buf, const struct hvd_record *rec)
{
	struct hvd_run_times r;

	if (!hvd_read_run_times(rec, &r))
		snprintf(buf, SUMMARY_SIZE, "%" PRIu32 " logical processors",
			 r.count);
}

static void sum_unread(char *buf, const struct hvd_record *rec)
{
	struct hvd_elements els;
	struct hvd_unread r;
	struct hvd_gap e;
	uint64_t pages = 0;
	uint32_t i;

	if (hvd_read_unread(rec, &r))
		return;
	hvd_gap_elements(rec, r.count, r.stride, &els);
	for (i = 0; i < els.count; i++) {
		hvd_get_gap(&els, i, &e);
		pages += e.pages;
	}
	snprintf(buf, SUMMARY_SIZE, "%" PRIu64 " pages in %" PRIu32 " gaps",
		 pages, r.count);
}

static void sum_failure(char *buf, const struct hvd_record *rec,
			uint16_t machine)
{
	struct hvd_failure r;
	char call[NAME_SIZE], status[NAME_SIZE], text[FAILURE_SIZE];

	if (!hvd_read_failure(rec, &r))
		snprintf(buf, SUMMARY_SIZE, "%s: %s (%s)",
			 name_of_call(call, r.call),
			 failure_status(status, r.status),
			 failure_text(text, &r, machine));
}

static void sum_hypervisor(char *buf, const struct hvd_record *rec)
{
	struct hvd_hypervisor r;

	if (!hvd_read_hypervisor(rec, &r))
		snprintf(buf, SUMMARY_SIZE, "%" PRIu32 " leaves", r.count);
}

static void sum_partition(char *buf, const struct hvd_record *rec)
{
	struct hvd_partition r;
	char number[NAME_SIZE];

	if (!hvd_read_partition(rec, &r))
		snprintf(buf, SUMMARY_SIZE,
			 "0x%" PRIx64 " %s, parent 0x%" PRIx64,
			 (uint64_t)r.partition_id,
			 or_number(number, name_of_kind(r.kind), r.kind),
			 (uint64_t)r.parent_id);
}

static void sum_vp(char *buf, const struct hvd_record *rec)
{
	struct hvd_vp r;

	if (!hvd_read_vp(rec, &r))
		snprintf(buf, SUMMARY_SIZE,
			 "partition 0x%" PRIx64 " VP %" PRIu32
			 ", VTLs 0x%" PRIx32 ", active %" PRIu32,
			 (uint64_t)r.partition_id, r.vp_index, r.vtls,
			 r.active_vtl);
}

static void sum_registers(char *buf, const struct hvd_record *rec)
{
	struct hvd_registers r;

	if (!hvd_read_registers(rec, &r))
		snprintf(buf, SUMMARY_SIZE,
			 "partition 0x%" PRIx64 " VP %" PRIu32
			 " VTL %u: %" PRIu32 " %s",
			 (uint64_t)r.partition_id, r.vp_index, r.vtl, r.count,
			 r.set == HVD_SET_ESSENTIAL ? "essential" : "more");
}

static void sum_properties(char *buf, const struct hvd_record *rec)
{
	struct hvd_properties r;

	if (!hvd_read_properties(rec, &r))
		snprintf(buf, SUMMARY_SIZE, "partition 0x%" PRIx64 ": %" PRIu32,
			 (uint64_t)r.partition_id, r.count);
}

static const struct {
	uint32_t type;
	void (*sum)(char *buf, const struct hvd_record *rec);
} summaries[] = {
	{HVD_TYPE_CHUNK, sum_chunk},
	{HVD_TYPE_CHUNK_END, sum_chunk_end},
	{HVD_TYPE_HEADER, sum_header},
	{HVD_TYPE_CAPTURE, sum_capture},
	{HVD_TYPE_END, sum_end},
	{HVD_TYPE_STAGE, sum_stage},
	{HVD_TYPE_HYPERVISOR, sum_hypervisor},
	{HVD_TYPE_PARTITION, sum_partition},
	{HVD_TYPE_VP, sum_vp},
	{HVD_TYPE_REGISTERS, sum_registers},
	{HVD_TYPE_PROPERTIES, sum_properties},
	{HVD_TYPE_PAGES, sum_pages},
	{HVD_TYPE_MEMORY, sum_memory},
	{HVD_TYPE_STATE, sum_state},
	{HVD_TYPE_BALANCE, sum_balance},
	{HVD_TYPE_RUN_TIMES, sum_run_times},
	{HVD_TYPE_UNREAD, sum_unread},
};

const char *record_summary(char *buf, const struct hvd_record *rec,
			   uint16_t machine)
{
	size_t i;

	snprintf(buf, SUMMARY_SIZE, "type not known to this version");
	for (i = 0; i < sizeof(summaries) / sizeof(summaries[0]); i++) {
		if (summaries[i].type != rec->type)
			continue;
		snprintf(buf, SUMMARY_SIZE, "%s", TOO_SHORT);
		summaries[i].sum(buf, rec);
	}
	if (rec->type == HVD_TYPE_FAILURE) {
		snprintf(buf, SUMMARY_SIZE, "%s", TOO_SHORT);
		sum_failure(buf, rec, machine);
	}
	return buf;
}
