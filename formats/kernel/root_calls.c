// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The pages that each CPU passes hypercall arguments in, and what is in them.
 * hv_crash uses CPU 0's again on its way out: what stood there before is in the
 * note's copy, where there is one.
 * Source: drivers/hv/hv_common.c, arch/x86/hyperv/hv_crash.c.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "bytes.h"
#include "root.h"

#define WORDS 2

/* The page's first words, as they are in memory; NULL: it is not there. */
static const char *first_words(const struct hvd_root *r, uint64_t page,
			       uint64_t *word, char *buf, size_t size)
{
	struct hvd_error err;
	uint8_t bytes[WORDS * 8];

	if (!page || hvd_kmem_read(r->from.kmem, page, bytes, sizeof(bytes),
				   &err) != HVD_READ_DATA)
		return NULL;
	word[0] = hvd_le64(bytes);
	word[1] = hvd_le64(bytes + 8);
	snprintf(buf, size, "0x%016" PRIx64 " 0x%016" PRIx64, word[0], word[1]);
	return buf;
}

/* The note's copy of a CPU's page, in the same words; NULL: there is none. */
static const char *noted_words(const struct hvd_root *r, uint64_t pfn,
			       char *buf, size_t size)
{
	const struct hvd_dump_copy *c = r->dump ? hvd_dump_find_copy(r->dump,
								     pfn)
						: NULL;
	uint8_t bytes[WORDS * 8] = {0};
	uint32_t i;

	if (!c || c->rec.kind != HVD_PAGE_INPUT || c->rec.offset)
		return NULL;
	/* What the copy has not is zeros. */
	for (i = 0; i < sizeof(bytes) && i < c->nr_bytes; i++)
		bytes[i] = c->bytes[i];
	snprintf(buf, size, "0x%016" PRIx64 " 0x%016" PRIx64, hvd_le64(bytes),
		 hvd_le64(bytes + 8));
	return buf;
}

/* Whose arguments they are, where their words alone tell: entry and argument. */
static const char *which_call(const struct hvd_root *r, const uint64_t *word)
{
	uint64_t entry, arg;

	if (hvd_root_word(r, NULL, "trampoline_pa", 4, &entry) &&
	    hvd_root_word(r, NULL, "devirt_arg", 4, &arg) && entry &&
	    word[0] == entry && word[1] == arg)
		return "DISABLE_HYP_EX";
	return NULL;
}

static uint64_t page_of(const struct hvd_root *r, const char *symbol,
			const struct hvd_cpu *cpu)
{
	struct hvd_error err;
	uint64_t percpu, page;

	if (!hvd_root_word(r, NULL, symbol, 8, &percpu) || !percpu ||
	    hvd_kmem_word(r->from.kmem, percpu + cpu->percpu, 8, &page, &err) !=
		    HVD_READ_DATA)
		return 0;
	return page;
}

static void add_cpu(const struct hvd_root *r, struct hvd_view *v,
		    const struct hvd_cpu *cpu)
{
	uint64_t input = page_of(r, "hyperv_pcpu_input_arg", cpu);
	uint64_t output = page_of(r, "hyperv_pcpu_output_arg", cpu);
	uint64_t word[WORDS] = {0}, physical = 0;
	char text[48];
	struct hvd_error err;

	hvd_view_row(v);
	hvd_view_fact(v, "cpu", HVD_FACT_COUNT, true, cpu->number);
	hvd_root_page(r, v, "input_page", "input_pfn", true, input);
	hvd_view_text(v, "input",
		      first_words(r, input, word, text, sizeof(text)));
	hvd_view_text(v, "call", which_call(r, word));
	if (!input || hvd_kmem_translate(r->from.kmem, input, &physical,
					 &err) != HVD_READ_DATA)
		physical = UINT64_MAX;
	hvd_view_text(v, "input_in_note",
		      noted_words(r, physical >> 12, text, sizeof(text)));
	hvd_root_page(r, v, "output_page", "output_pfn", true, output);
	hvd_view_text(v, "output",
		      first_words(r, output, word, text, sizeof(text)));
}

void hvd_root_calls(struct hvd_root *r, struct hvd_view *view)
{
	uint64_t address;
	size_t i;

	if (!hvd_root_find(r, NULL, "hyperv_pcpu_input_arg", &address)) {
		hvd_view_absent(view, "no symbol hyperv_pcpu_input_arg: the "
				      "kernel makes no hypercalls");
		return;
	}
	view->why = r->no_cpus;
	for (i = 0; i < r->cpus.nr; i++)
		add_cpu(r, view, &r->cpus.cpu[i]);
}
