// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The layouts of the crash dump area: see crash_area.h. Version 5 is what its
 * source calls the current one; it has room for two images besides the
 * hypervisor's own.
 */
#include "config.h"

#include <string.h>

#include "crash_area.h"
#include "layout_rows.h"
#include "layouts.h"

static const struct hvd_field_row head_rows[] = {
	HVD_ROW(NUMBER, version, 0x0, 4),
	HVD_ROW_FLAG(cda_valid, 0x4, 4, 0),
};
HVD_LAYOUT(hvd_layout_crash_area_head, "hv_crashdump_area", 8, "L", head_rows);

static const struct hvd_field_row image_info_rows[] = {
	HVD_ROW(HEX, base, 0x0, 8),
	HVD_ROW(HEX, size, 0x8, 4),
	HVD_ROW(HEX, checksum, 0xc, 4),
	HVD_ROW(HEX, timestamp, 0x10, 4),
};
static HVD_LAYOUT(image_info, "hv_crashdump_image_info", 24, "m",
		  image_info_rows);

static const struct hvd_field_row table_register_rows[] = {
	HVD_ROW(HEX, limit, 0x6, 2),
	HVD_ROW(HEX, base, 0x8, 8),
};
static HVD_LAYOUT(table_register, "hv_x64_table_register", 16, "L",
		  table_register_rows);

static const struct hvd_field_row crash_area_1_rows[] = {
	HVD_ROW(NUMBER, version, 0x0, 4),
	HVD_ROW_FLAG(valid, 0x4, 4, 0),
	HVD_ROW(HEX, hypervisor_base, 0x8, 8),
	HVD_ROW(HEX, size_of_image, 0x10, 4),
	HVD_ROW(NUMBER, image_name_length, 0x14, 2),
	HVD_ROW(BYTES, image_name, 0x16, 64),
	HVD_ROW_ARRAY(HEX, bug_check_data, 0x58, 8, 5),
	HVD_ROW(HEX, bug_check_error_return_address, 0x80, 8),
	HVD_ROW(HEX, page_table_base, 0x88, 8),
	HVD_ROW(HEX, pfn_data_base, 0x90, 8),
	HVD_ROW(HEX, debugger_data_block, 0x98, 8),
	HVD_ROW(NUMBER, number_processors, 0xa0, 4),
	HVD_ROW(HEX, processor_state_offset, 0xa4, 4),
	HVD_ROW(NUMBER, processor_state_size, 0xa8, 4),
	HVD_ROW(NUMBER, crash_stack_size, 0xac, 4),
	HVD_ROW(HEX, crash_stack_offset, 0xb0, 4),
	HVD_ROW(HEX, crash_stack_address, 0xb8, 8),
};
HVD_LAYOUT(hvd_layout_crash_area_1, "hv_crashdump_area_v1", 192, "Wm",
	   crash_area_1_rows);

static const struct hvd_field_row crash_area_2_rows[] = {
	HVD_ROW(NUMBER, version, 0x0, 4),
	HVD_ROW_FLAG(valid, 0x4, 4, 0),
	HVD_ROW(HEX, hypervisor_base, 0x8, 8),
	HVD_ROW(HEX, size_of_image, 0x10, 4),
	HVD_ROW(HEX, checksum, 0x14, 4),
	HVD_ROW(HEX, current_partition, 0x18, 8),
	HVD_ROW(NUMBER, partitions_created, 0x20, 8),
	HVD_ROW(NUMBER, partitions_running, 0x28, 4),
	HVD_ROW(NUMBER, compartment_free_pfns, 0x30, 8),
	HVD_ROW(NUMBER, image_name_length, 0x38, 2),
	HVD_ROW(BYTES, image_name, 0x3a, 64),
	HVD_ROW_ARRAY(HEX, bug_check_data, 0x80, 8, 5),
	HVD_ROW(HEX, bug_check_error_return_address, 0xa8, 8),
	HVD_ROW(HEX, page_table_base, 0xb0, 8),
	HVD_ROW(HEX, pfn_data_base, 0xb8, 8),
	HVD_ROW(HEX, debugger_data_block, 0xc0, 8),
	HVD_ROW(NUMBER, number_processors, 0xc8, 4),
	HVD_ROW(NUMBER, current_processor, 0xcc, 4),
	HVD_ROW(HEX, code_spa, 0xd0, 8),
	HVD_ROW(BYTES, code_chunk, 0xd8, 512),
	HVD_ROW(NUMBER, context_count, 0x2d8, 4),
	HVD_ROW(HEX, context_offset, 0x2dc, 4),
	HVD_ROW(NUMBER, context_size, 0x2e0, 4),
};
HVD_LAYOUT(hvd_layout_crash_area_2, "hv_crashdump_area_v2", 744, "Wm",
	   crash_area_2_rows);

static const struct hvd_field_row crash_area_3_rows[] = {
	HVD_ROW(NUMBER, version, 0x0, 4),
	HVD_ROW_FLAG(valid, 0x4, 4, 0),
	HVD_ROW(HEX, hypervisor_base, 0x8, 8),
	HVD_ROW(HEX, size_of_image, 0x10, 4),
	HVD_ROW(HEX, checksum, 0x14, 4),
	HVD_ROW(HEX, current_partition, 0x18, 8),
	HVD_ROW(NUMBER, partitions_created, 0x20, 8),
	HVD_ROW(NUMBER, partitions_running, 0x28, 4),
	HVD_ROW(NUMBER, compartment_free_pfns, 0x30, 8),
	HVD_ROW(NUMBER, image_name_length, 0x38, 2),
	HVD_ROW(BYTES, image_name, 0x3a, 64),
	HVD_ROW_ARRAY(HEX, bug_check_data, 0x80, 8, 5),
	HVD_ROW(HEX, bug_check_error_return_address, 0xa8, 8),
	HVD_ROW(HEX, page_table_base, 0xb0, 8),
	HVD_ROW(HEX, pfn_data_base, 0xb8, 8),
	HVD_ROW(HEX, max_pfn, 0xc0, 8),
	HVD_ROW(HEX, debugger_data_block, 0xc8, 8),
	HVD_ROW(NUMBER, number_processors, 0xd0, 4),
	HVD_ROW(NUMBER, current_processor, 0xd4, 4),
	HVD_ROW(HEX, code_spa, 0xd8, 8),
	HVD_ROW(BYTES, code_chunk, 0xe0, 512),
	HVD_ROW(NUMBER, context_count, 0x2e0, 4),
	HVD_ROW(HEX, context_offset, 0x2e4, 4),
	HVD_ROW(NUMBER, context_size, 0x2e8, 4),
	HVD_ROW(NUMBER, pfn_entry_size, 0x2ec, 4),
	HVD_ROW(HEX, allocated_pfn_entry_mask, 0x2f0, 2),
};
HVD_LAYOUT(hvd_layout_crash_area_3, "hv_crashdump_area_v3", 760, "m",
	   crash_area_3_rows);

static const struct hvd_field_row crash_area_4_rows[] = {
	HVD_ROW(NUMBER, version, 0x0, 4),
	HVD_ROW_FLAG(valid, 0x4, 4, 0),
	HVD_ROW(HEX, hypervisor_base, 0x8, 8),
	HVD_ROW(HEX, size_of_image, 0x10, 4),
	HVD_ROW(HEX, checksum, 0x14, 4),
	HVD_ROW(HEX, current_partition, 0x18, 8),
	HVD_ROW(NUMBER, partitions_created, 0x20, 8),
	HVD_ROW(NUMBER, partitions_running, 0x28, 4),
	HVD_ROW(NUMBER, compartment_free_pfns, 0x30, 8),
	HVD_ROW(NUMBER, image_name_length, 0x38, 2),
	HVD_ROW(BYTES, image_name, 0x3a, 64),
	HVD_ROW_ARRAY(HEX, bug_check_data, 0x80, 8, 5),
	HVD_ROW(HEX, bug_check_error_return_address, 0xa8, 8),
	HVD_ROW(HEX, page_table_base, 0xb0, 8),
	HVD_ROW(HEX, pfn_data_base, 0xb8, 8),
	HVD_ROW(HEX, max_pfn, 0xc0, 8),
	HVD_ROW(HEX, debugger_data_block, 0xc8, 8),
	HVD_ROW(NUMBER, number_processors, 0xd0, 4),
	HVD_ROW(NUMBER, current_processor, 0xd4, 4),
	HVD_ROW(HEX, code_spa, 0xd8, 8),
	HVD_ROW(BYTES, code_chunk, 0xe0, 512),
	HVD_ROW(NUMBER, context_count, 0x2e0, 4),
	HVD_ROW(HEX, context_offset, 0x2e4, 4),
	HVD_ROW(NUMBER, context_size, 0x2e8, 4),
	HVD_ROW(NUMBER, pfn_entry_size, 0x2ec, 4),
	HVD_ROW(HEX, allocated_pfn_entry_mask, 0x2f0, 2),
	HVD_ROW(NUMBER, partial, 0x2f2, 1),
};
HVD_LAYOUT(hvd_layout_crash_area_4, "hv_crashdump_area_v4", 760, "m",
	   crash_area_4_rows);

static const struct hvd_field_row crash_area_5_rows[] = {
	HVD_ROW(NUMBER, version, 0x0, 4),
	HVD_ROW_FLAG(valid, 0x4, 4, 0),
	HVD_ROW_FLAG(not_all_processors_suspended, 0x4, 4, 1),
	HVD_ROW_FLAG(excludes_non_essential_pages, 0x4, 4, 2),
	HVD_ROW(HEX, hypervisor_base, 0x8, 8),
	HVD_ROW(HEX, size_of_image, 0x10, 4),
	HVD_ROW(HEX, checksum, 0x14, 4),
	HVD_ROW(HEX, timestamp, 0x18, 4),
	HVD_ROW_PARTS(other_images, 0x20, 24, 2, &image_info),
	HVD_ROW(HEX, current_partition, 0x50, 8),
	HVD_ROW(NUMBER, partitions_created, 0x58, 8),
	HVD_ROW(NUMBER, partitions_running, 0x60, 4),
	HVD_ROW(NUMBER, compartment_free_pfns, 0x68, 8),
	HVD_ROW(NUMBER, image_name_length, 0x70, 2),
	HVD_ROW(BYTES, image_name, 0x72, 64),
	HVD_ROW_ARRAY(HEX, bug_check_data, 0xb8, 8, 5),
	HVD_ROW(HEX, bug_check_error_return_address, 0xe0, 8),
	HVD_ROW(HEX, page_table_base, 0xe8, 8),
	HVD_ROW(HEX, pfn_data_base, 0xf0, 8),
	HVD_ROW(HEX, debugger_data_block, 0xf8, 8),
	HVD_ROW(NUMBER, number_processors, 0x100, 4),
	HVD_ROW(NUMBER, current_processor, 0x104, 4),
	HVD_ROW(HEX, code_spa, 0x108, 8),
	HVD_ROW(BYTES, code_chunk, 0x110, 512),
	HVD_ROW(NUMBER, context_count, 0x310, 4),
	HVD_ROW(HEX, context_offset, 0x314, 4),
	HVD_ROW(NUMBER, context_size, 0x318, 4),
	HVD_ROW(NUMBER, partial, 0x31c, 1),
};
HVD_LAYOUT(hvd_layout_crash_area_5, "hv_crashdump_area_v5", 800, "m",
	   crash_area_5_rows);

static const struct hvd_field_row crash_processor_rows[] = {
	HVD_ROW(HEX, register_state_offset, 0x0, 4),
	HVD_ROW(NUMBER, register_state_size, 0x4, 4),
	HVD_ROW(NUMBER, crash_stack_size, 0x8, 4),
	HVD_ROW(HEX, crash_stack_offset, 0xc, 4),
	HVD_ROW(HEX, crash_stack_address, 0x10, 8),
	HVD_ROW(NUMBER, platform_state_size, 0x18, 4),
	HVD_ROW(HEX, platform_state_offset, 0x1c, 4),
};
HVD_LAYOUT(hvd_layout_crash_processor, "hv_crashdump_processor_state", 32, "m",
	   crash_processor_rows);

static const struct hvd_field_row x64_context_rows[] = {
	HVD_ROW(HEX, initial_apic_id, 0x0, 8),
	HVD_ROW(HEX, rax, 0x8, 8),
	HVD_ROW(HEX, rbx, 0x10, 8),
	HVD_ROW(HEX, rcx, 0x18, 8),
	HVD_ROW(HEX, rdx, 0x20, 8),
	HVD_ROW(HEX, rsi, 0x28, 8),
	HVD_ROW(HEX, rdi, 0x30, 8),
	HVD_ROW(HEX, rbp, 0x38, 8),
	HVD_ROW(HEX, rsp, 0x40, 8),
	HVD_ROW(HEX, r8, 0x48, 8),
	HVD_ROW(HEX, r9, 0x50, 8),
	HVD_ROW(HEX, r10, 0x58, 8),
	HVD_ROW(HEX, r11, 0x60, 8),
	HVD_ROW(HEX, r12, 0x68, 8),
	HVD_ROW(HEX, r13, 0x70, 8),
	HVD_ROW(HEX, r14, 0x78, 8),
	HVD_ROW(HEX, r15, 0x80, 8),
	HVD_ROW(HEX, rip, 0x88, 8),
	HVD_ROW(HEX, rflags, 0x90, 8),
	HVD_ROW(HEX, cr0, 0x98, 8),
	HVD_ROW(HEX, cr2, 0xa0, 8),
	HVD_ROW(HEX, cr3, 0xa8, 8),
	HVD_ROW(HEX, cr4, 0xb0, 8),
	HVD_ROW(HEX, cr8, 0xb8, 8),
	HVD_ROW(HEX, efer, 0xc0, 8),
	HVD_ROW(HEX, xfem, 0xc8, 8),
	HVD_ROW(HEX, dr0, 0xd0, 8),
	HVD_ROW(HEX, dr1, 0xd8, 8),
	HVD_ROW(HEX, dr2, 0xe0, 8),
	HVD_ROW(HEX, dr3, 0xe8, 8),
	HVD_ROW(HEX, dr6, 0xf0, 8),
	HVD_ROW(HEX, dr7, 0xf8, 8),
	HVD_ROW_PART(idtr, 0x100, 16, &table_register),
	HVD_ROW_PART(gdtr, 0x110, 16, &table_register),
	HVD_ROW_PART(cs, 0x120, 16, &hvd_layout_x64_segment),
	HVD_ROW_PART(ds, 0x130, 16, &hvd_layout_x64_segment),
	HVD_ROW_PART(es, 0x140, 16, &hvd_layout_x64_segment),
	HVD_ROW_PART(fs, 0x150, 16, &hvd_layout_x64_segment),
	HVD_ROW_PART(gs, 0x160, 16, &hvd_layout_x64_segment),
	HVD_ROW_PART(ss, 0x170, 16, &hvd_layout_x64_segment),
	HVD_ROW_PART(tr, 0x180, 16, &hvd_layout_x64_segment),
	HVD_ROW_PART(ldtr, 0x190, 16, &hvd_layout_x64_segment),
	HVD_ROW(HEX, kernel_gs_base, 0x1a0, 8),
	HVD_ROW(HEX, star, 0x1a8, 8),
	HVD_ROW(HEX, lstar, 0x1b0, 8),
	HVD_ROW(HEX, cstar, 0x1b8, 8),
	HVD_ROW(HEX, sfmask, 0x1c0, 8),
	HVD_ROW(HEX, sysenter_cs, 0x1c8, 8),
	HVD_ROW(HEX, sysenter_eip, 0x1d0, 8),
	HVD_ROW(HEX, sysenter_esp, 0x1d8, 8),
	HVD_ROW(HEX, msr_cr_pat, 0x1e0, 8),
	HVD_ROW(HEX, local_apic_id, 0x1e8, 4),
	HVD_ROW(HEX, local_apic_version, 0x1ec, 4),
	HVD_ROW(HEX, local_apic_ldr, 0x1f0, 4),
	HVD_ROW(HEX, local_apic_dfr, 0x1f4, 4),
	HVD_ROW(HEX, local_apic_spurious, 0x1f8, 4),
	HVD_ROW(HEX, local_apic_icr_low, 0x1fc, 4),
	HVD_ROW(HEX, local_apic_icr_high, 0x200, 4),
	HVD_ROW_ARRAY(HEX, local_apic_isr, 0x204, 4, 8),
	HVD_ROW_ARRAY(HEX, local_apic_tmr, 0x224, 4, 8),
	HVD_ROW(HEX, local_apic_lvt_timer, 0x244, 4),
	HVD_ROW(HEX, local_apic_lvt_perfmon, 0x248, 4),
	HVD_ROW(HEX, local_apic_lvt_lint0, 0x24c, 4),
	HVD_ROW(HEX, local_apic_lvt_lint1, 0x250, 4),
	HVD_ROW(HEX, local_apic_current_count, 0x254, 4),
	HVD_ROW(HEX, local_apic_initial_count, 0x258, 4),
	HVD_ROW(HEX, local_apic_divider, 0x25c, 4),
	HVD_ROW(HEX, local_apic_base_msr, 0x260, 8),
};
HVD_LAYOUT(hvd_layout_x64_context, "hv_x64_context", 0xd00, "Wm",
	   x64_context_rows);

const struct hvd_layout *hvd_crash_area_layout(uint32_t version)
{
	static const struct hvd_layout *const versions[] = {
		&hvd_layout_crash_area_1, &hvd_layout_crash_area_2,
		&hvd_layout_crash_area_3, &hvd_layout_crash_area_4,
		&hvd_layout_crash_area_5,
	};

	return version && version <= HVD_ROW_COUNT(versions)
		       ? versions[version - 1]
		       : NULL;
}

/** A field that is looked for. */
struct wanted {
	const char *name;
	unsigned int index;
	bool found;
	uint64_t value;
};

static int look(const struct hvd_field *f, void *arg)
{
	struct wanted *w = arg;

	if (f->depth || f->index != w->index || strcmp(f->row->name, w->name))
		return 0;
	w->found = !f->cut;
	w->value = f->cut ? 0 : f->value;
	return 1;
}

bool hvd_layout_value(const struct hvd_layout *layout, const uint8_t *bytes,
		      size_t size, const char *name, unsigned int index,
		      uint64_t *value)
{
	struct wanted w = {.name = name, .index = index};

	hvd_layout_walk(layout, bytes, size, look, &w);
	*value = w.value;
	return w.found;
}
