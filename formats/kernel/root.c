// SPDX-License-Identifier: GPL-2.0-or-later
/* The subjects of the root's own view, and what they share: see root.h. */
#include "config.h"

#include <string.h>

#include "root.h"

#define PAGE_SHIFT 12

static const struct {
	const char *name, *title;
	bool is_list;
	void (*read)(struct hvd_root *r, struct hvd_view *view);
} subjects[] = {
	{"ms_hyperv", "The hypervisor, as Linux found it", false,
	 hvd_root_hyperv},
	{"hv_crash", "hv_crash", false, hvd_root_crash},
	{"synic", "SynIC pages of the mshv driver", true, hvd_root_synic},
	{"hypercall_pages", "Hypercall argument pages", true, hvd_root_calls},
	{"scheduler", "Root scheduler", true, hvd_root_scheduler},
	{"vmbus", "VMBus", false, hvd_root_vmbus},
	{"vmbus_channels", "VMBus channels", true, hvd_root_channels},
	{"vmbus_synic", "SynIC pages of VMBus", true, hvd_root_vmbus_synic},
	{"secure_avic", "Secure AVIC pages", true, hvd_root_savic},
	{"mshv_vtl", "VTLs of the mshv_vtl driver", true, hvd_root_vtl},
};

int hvd_root_open(struct hvd_root *r, struct hvd_kernel *k,
		  const struct hvd_dump *dump, struct hvd_error *err)
{
	memset(r, 0, sizeof(*r));
	r->kernel = k;
	r->dump = dump;
	r->from.kmem = hvd_kernel_kmem(k, err);
	r->symbols = r->from.kmem ? hvd_kernel_symbols(k, err) : NULL;
	r->from.types = r->symbols ? hvd_kernel_types(k, err) : NULL;
	if (!r->from.types)
		return -1;
	if (hvd_cpus_open(k, &r->cpus, &r->no_cpus))
		memset(&r->cpus, 0, sizeof(r->cpus));
	return 0;
}

void hvd_root_close(struct hvd_root *r)
{
	hvd_cpus_close(&r->cpus);
}

bool hvd_root_view(struct hvd_root *r, size_t i, struct hvd_view *view)
{
	if (i >= sizeof(subjects) / sizeof(subjects[0]))
		return false;
	*view = (struct hvd_view){.name = subjects[i].name,
				  .title = subjects[i].title,
				  .is_list = subjects[i].is_list};
	subjects[i].read(r, view);
	return true;
}

bool hvd_root_find(const struct hvd_root *r, const char *module,
		   const char *name, uint64_t *address)
{
	return (module && hvd_symbols_find(r->symbols, module, name, 0,
					   address)) ||
	       hvd_symbols_find(r->symbols, NULL, name, 0, address);
}

bool hvd_root_word(const struct hvd_root *r, const char *module,
		   const char *name, size_t size, uint64_t *value)
{
	struct hvd_error err;
	uint64_t address;

	return hvd_root_find(r, module, name, &address) &&
	       hvd_kmem_word(r->from.kmem, address, size, value, &err) ==
		       HVD_READ_DATA;
}

bool hvd_root_types(const struct hvd_root *r, const char *module,
		    struct hvd_object_source *from, struct hvd_view *view)
{
	*from = r->from;
	if (hvd_symbols_find_module(r->symbols, module))
		from->types = hvd_kernel_module_types(r->kernel, module,
						      &view->why);
	return from->types;
}

void hvd_root_fact(const struct hvd_root *r, struct hvd_view *view,
		   const char *symbol, size_t size, enum hvd_fact_kind kind)
{
	uint64_t value = 0;
	bool known = hvd_root_word(r, NULL, symbol, size, &value);

	hvd_view_fact(view, symbol, kind, known, value);
}

void hvd_root_page(const struct hvd_root *r, struct hvd_view *view,
		   const char *name, const char *pfn_name, bool known,
		   uint64_t address)
{
	struct hvd_error err;
	uint64_t physical = 0;
	bool mapped = known && address &&
		      hvd_kmem_translate(r->from.kmem, address, &physical,
					 &err) == HVD_READ_DATA;

	hvd_view_fact(view, name, HVD_FACT_HEX64, known && address, address);
	hvd_view_fact(view, pfn_name, HVD_FACT_COUNT, mapped,
		      physical >> PAGE_SHIFT);
}
