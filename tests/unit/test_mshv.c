// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The mshv driver's objects: partitions with all that they have, and what a
 * dump could hold in their place. Built with sanitizers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/mshv.h"
#include "kernel_fake.h"

#define ROOT	     0xffffffffc0100000
#define NR_BUCKETS   4
#define FIRST	     0xffff888000010000 /* partitions */
#define SECOND	     0xffff888000020000
#define VP	     0xffff888000030000
#define REGION	     0xffffc90000040000
#define ROUTES	     0xffff888000050000
#define IRQFD	     0xffff888000060000
#define IOEVENTFD    0xffff888000070000
#define IDR	     0xffffffffc0200000
#define NODE	     0xffff888000080000
#define PORT	     0xffff888000090000
#define PAGE	     0xffff8880000a0000

#define PARTITION "struct mshv_partition"
#define OF_NODE	  8
#define OF_ID	  32
#define OF_COUNT  40
#define OF_VPS	  48
#define NR_SLOTS  4
#define OF_REGIONS 80
#define OF_IRQFDS  88
#define OF_EVENTS  96
#define OF_ROUTES  104
#define OF_READY   112

static struct hvd_mshv mshv;
static struct hvd_error err;

static void node_type(const char *type, const char *member, uint64_t size)
{
	fake_type(type, size);
	fake_member(type, member, OF_NODE, 16, 0, 0);
}

static void make_types(void)
{
	fake_array("struct mshv_root", "pt_htable", 64, 8 * NR_BUCKETS,
		   NR_BUCKETS);
	fake_type("struct hlist_node", 16);
	fake_member("struct hlist_node", "next", 0, 8, 0, 0);
	fake_member("struct hlist_node", "pprev", 8, 8, 0, 0);
	node_type(PARTITION, "pt_hnode", 256);
	fake_member(PARTITION, "pt_id", OF_ID, 8, 0, 0);
	fake_member(PARTITION, "pt_vp_count", OF_COUNT, 4, 0, 0);
	fake_array(PARTITION, "pt_vp_array", OF_VPS, 8 * NR_SLOTS, NR_SLOTS);
	fake_member(PARTITION, "pt_mem_regions", OF_REGIONS, 8, 0, 0);
	fake_member(PARTITION, "pt_irqfds_list", OF_IRQFDS, 8, 0, 0);
	fake_member(PARTITION, "ioeventfds_list", OF_EVENTS, 8, 0, 0);
	fake_member(PARTITION, "pt_girq_tbl", OF_ROUTES, 8, 0, 0);
	fake_member(PARTITION, "pt_initialized", OF_READY, 1, 0, 0);
	fake_type("struct mshv_vp", 64);
	fake_member("struct mshv_vp", "vp_index", 0, 4, 0, 0);
	fake_member("struct mshv_vp", "vp_partition", 8, 8, 0, 0);
	fake_member("struct mshv_vp", "vp_register_page", 16, 8, 0, 0);
	node_type("struct mshv_mem_region", "hnode", 64);
	fake_member("struct mshv_mem_region", "nr_pages", 32, 8, 0, 0);
	fake_member("struct mshv_mem_region", "start_gfn", 40, 8, 0, 0);
	fake_member("struct mshv_mem_region", "mreg_type", 48, 4, 0, 0);
	node_type("struct mshv_irqfd", "irqfd_hnode", 64);
	fake_member("struct mshv_irqfd", "irqfd_irqnum", 32, 4, 0, 0);
	node_type("struct mshv_ioeventfd", "iovntfd_hnode", 64);
	fake_member("struct mshv_ioeventfd", "iovntfd_addr", 32, 8, 0, 0);
	fake_type("struct mshv_girq_routing_table", 8);
	fake_member("struct mshv_girq_routing_table", "num_rt_entries", 0, 4,
		    0, 0);
	fake_member("struct mshv_girq_routing_table", "mshv_girq_info_tbl", 8,
		    0, 0, 0);
	fake_type("struct mshv_guest_irq_ent", 16);
	fake_member("struct mshv_guest_irq_ent", "girq_entry_valid", 0, 4, 0,
		    1);
	fake_member("struct mshv_guest_irq_ent", "guest_irq_num", 4, 4, 0, 0);
	fake_member("struct mshv_guest_irq_ent", "girq_addr_lo", 8, 4, 0, 0);
	fake_member("struct mshv_guest_irq_ent", "girq_addr_hi", 12, 4, 0, 0);
}

static void make_port_types(void)
{
	fake_type("struct idr", 16);
	fake_member("struct idr", "idr_rt.xa_head", 0, 8, 0, 0);
	fake_member("struct idr", "idr_base", 8, 4, 0, 0);
	fake_type("struct xa_node", 32);
	fake_member("struct xa_node", "shift", 0, 1, 0, 0);
	fake_array("struct xa_node", "slots", 16, 16, 2);
	fake_type("struct port_table_info", 8);
	fake_member("struct port_table_info", "hv_port_type", 0, 4, 0, 0);
	fake_symbol("port_table_idr", "mshv_root", IDR, 16);
	fake_memory(IDR, 16);
	fake_memory(NODE, 32);
	fake_memory(PORT, 8);
}

/* Behind the head @head; a list's first. */
static void link_node(uint64_t head, uint64_t node)
{
	fake_put(head, node, 8);
	fake_put(node + 8, head, 8);
}

static void make_partition(uint64_t at, unsigned int bucket, uint64_t id)
{
	fake_memory(at, 256);
	fake_put(at + OF_ID, id, 8);
	link_node(ROOT + 64 + 8 * bucket, at + OF_NODE);
}

static int setup(void **state)
{
	(void)state;
	fake_reset();
	make_types();
	make_port_types();
	fake_module("mshv_root", 0xffffffffc0300000, 0xffffffffc0100000, 1);
	fake_symbol("mshv_root", "mshv_root", ROOT, 256);
	fake_memory(ROOT, 256);
	make_partition(FIRST, 3, 0x105);
	make_partition(SECOND, 1, 0x102);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	hvd_mshv_free(&mshv);
	return 0;
}

static void read_it(void)
{
	assert_int_equal(hvd_mshv_read(fake_kernel, &mshv, &err), 0);
	assert_true(mshv.loaded);
}

static void assert_why(const struct hvd_error *why, const char *says)
{
	struct hvd_error first;

	assert_non_null(strstr(why->text, says));
	assert_false(hvd_mshv_is_whole(&mshv, &first));
	assert_string_equal(first.text, why->text);
}

/* The partition of the higher id: FIRST. */
static const struct hvd_mshv_partition *first_one(void)
{
	assert_int_equal(mshv.nr_partitions, 2);
	assert_int_equal(mshv.partitions[1].address, FIRST);
	return &mshv.partitions[1];
}

static void test_without_the_driver(void **state)
{
	(void)state;
	fake_reset();
	assert_int_equal(hvd_mshv_read(fake_kernel, &mshv, &err), 0);
	assert_false(mshv.loaded);
	fake_module("mshv_root", 0, 0, 1);
	assert_int_equal(hvd_mshv_read(fake_kernel, &mshv, &err), -1);
	assert_non_null(strstr(err.text, "CONFIG_KALLSYMS_ALL"));
	fake_symbol("mshv_root", "mshv_root", ROOT, 256);
	assert_int_equal(hvd_mshv_read(fake_kernel, &mshv, &err), -1);
	assert_string_equal(err.text, "no types");
	fake_type("struct mshv_root", 8);
	assert_int_equal(hvd_mshv_read(fake_kernel, &mshv, &err), -1);
	assert_non_null(strstr(err.text, "expected a table pt_htable"));
}

/* All that a partition has, each sorted. */
static void test_all_of_it(void **state)
{
	const struct hvd_mshv_partition *p;

	(void)state;
	fake_put(FIRST + OF_COUNT, 2, 4);
	fake_put(FIRST + OF_READY, 1, 1);
	fake_put(FIRST + OF_VPS + 8, VP, 8);
	fake_put(FIRST + OF_VPS + 24, VP + 64, 8);
	fake_memory(VP, 128);
	fake_put(VP, 1, 4);
	fake_put(VP + 16, PAGE, 8);
	fake_memory(PAGE, 4096);
	fake_put(VP + 64, 3, 4);
	fake_put(VP + 64 + 8, FIRST, 8);
	fake_memory(REGION, 128);
	link_node(FIRST + OF_REGIONS, REGION + 64 + OF_NODE);
	link_node(REGION + 64 + OF_NODE, REGION + OF_NODE);
	fake_put(REGION + 32, 7, 8);
	fake_put(REGION + 48, 1, 4);
	fake_put(REGION + 64 + 40, 0x100, 8);
	fake_memory(IRQFD, 64);
	link_node(FIRST + OF_IRQFDS, IRQFD + OF_NODE);
	fake_put(IRQFD + 32, 11, 4);
	fake_memory(IOEVENTFD, 64);
	link_node(FIRST + OF_EVENTS, IOEVENTFD + OF_NODE);
	fake_put(IOEVENTFD + 32, 0xfee00000, 8);
	fake_put(FIRST + OF_ROUTES, ROUTES, 8);
	fake_memory(ROUTES, 8 + 3 * 16);
	fake_put(ROUTES, 3, 4);
	fake_put(ROUTES + 8 + 16, 1, 4); /* only the second is valid */
	fake_put(ROUTES + 8 + 16 + 4, 9, 4);
	fake_put(ROUTES + 8 + 16 + 8, 0x1fee00000, 8);
	read_it();
	p = first_one();
	assert_int_equal(mshv.partitions[0].id, 0x102);
	assert_int_equal(p->id, 0x105);
	assert_int_equal(p->vp_count, 2);
	assert_int_equal(p->initialized, 1);
	assert_int_equal(p->isolation_type, HVD_UNKNOWN);
	assert_int_equal(p->nr_vps, 2);
	assert_int_equal(p->vps[0].slot, 1);
	assert_int_equal(p->vps[0].register_pfn, PAGE >> 12);
	assert_int_equal(p->vps[1].index, 3);
	assert_int_equal(p->vps[1].partition, FIRST);
	assert_int_equal(p->vps[1].register_pfn, HVD_UNKNOWN);
	assert_int_equal(p->nr_regions, 2);
	assert_int_equal(p->regions[0].pages, 7);
	assert_string_equal(p->regions[0].type_name, "ONE");
	assert_int_equal(p->regions[1].start_gfn, 0x100);
	assert_int_equal(p->nr_irqfds, 1);
	assert_int_equal(p->irqfds[0].gsi, 11);
	assert_int_equal(p->nr_ioeventfds, 1);
	assert_int_equal(p->ioeventfds[0].gpa, 0xfee00000);
	assert_int_equal(p->nr_routes, 1);
	assert_int_equal(p->routes[0].gsi, 9);
	assert_int_equal(p->routes[0].msi_address, 0x1fee00000);
	assert_true(hvd_mshv_is_whole(&mshv, &err));
}

/* A bucket that is broken does not hide the others. */
static void test_buckets_that_are_broken(void **state)
{
	static const uint64_t to[] = {FIRST + OF_NODE, SECOND + OF_NODE, 1,
				      0x1001, UINT64_MAX, PORT};
	size_t i;

	for (i = 0; i < sizeof(to) / sizeof(to[0]); i++) {
		setup(state);
		fake_put(FIRST + OF_NODE, to[i], 8);
		read_it();
		first_one();
		assert_why(&mshv.why, "list of " PARTITION ", node 0x");
		hvd_mshv_free(&mshv);
		setup(state);
		fake_put(ROOT + 64, to[i], 8); /* a bucket that was empty */
		read_it();
		first_one();
		assert_true(mshv.why.text[0] != '\0');
		hvd_mshv_free(&mshv);
	}
}

/* How many there are of what is told by types, and those are the dump's. */
static void test_types_that_lie(void **state)
{
	(void)state;
	fake_reset();
	fake_array("struct mshv_root", "pt_htable", 64, UINT64_MAX,
		   UINT64_MAX / 8);
	fake_symbol("mshv_root", NULL, ROOT, 256);
	assert_int_equal(hvd_mshv_read(fake_kernel, &mshv, &err), -1);
	assert_non_null(strstr(err.text, "expected at most 65536 buckets"));
}

static void test_more_slots_than_the_object_has(void **state)
{
	(void)state;
	fake_reset();
	fake_array(PARTITION, "pt_vp_array", OF_VPS, UINT64_MAX - 7,
		   UINT64_MAX / 8);
	make_types();
	fake_symbol("mshv_root", NULL, ROOT, 256);
	fake_memory(ROOT, 256);
	make_partition(FIRST, 0, 0x102);
	make_partition(SECOND, 1, 0x101);
	read_it();
	assert_int_equal(first_one()->nr_vps, 0);
}

static void test_vps_that_are_not_there(void **state)
{
	static const uint64_t at[] = {8, VP + 3, UINT64_MAX, UINT64_MAX / 2};
	const struct hvd_mshv_partition *p;
	size_t i;

	(void)state;
	fake_memory(VP, 64);
	for (i = 0; i < NR_SLOTS; i++)
		fake_put(FIRST + OF_VPS + 8 * i, at[i], 8);
	read_it();
	p = first_one();
	assert_int_equal(p->nr_vps, NR_SLOTS);
	for (i = 0; i < NR_SLOTS; i++) {
		assert_int_equal(p->vps[i].slot, i);
		assert_int_equal(p->vps[i].address, at[i]);
		assert_int_equal(p->vps[i].index, HVD_UNKNOWN);
		assert_non_null(strstr(p->vps[i].why.text, "VP in slot "));
	}
	assert_why(&p->vps[0].why, "VP in slot 0: struct mshv_vp: ");
}

static void test_a_page_that_is_not_mapped(void **state)
{
	const struct hvd_mshv_partition *p;

	(void)state;
	fake_memory(VP, 64);
	fake_put(FIRST + OF_VPS, VP, 8);
	fake_put(VP + 16, 0xffffc900deadb000, 8);
	read_it();
	p = first_one();
	assert_int_equal(p->vps[0].index, 0);
	assert_int_equal(p->vps[0].register_pfn, HVD_UNKNOWN);
	assert_why(&p->vps[0].why, "0xffffc900deadb000");
}

static void test_regions_in_a_circle(void **state)
{
	const struct hvd_mshv_partition *p;

	(void)state;
	fake_memory(REGION, 128);
	link_node(FIRST + OF_REGIONS, REGION + OF_NODE);
	link_node(REGION + OF_NODE, REGION + 64 + OF_NODE);
	fake_put(REGION + 64 + OF_NODE, REGION + OF_NODE, 8);
	read_it();
	p = first_one();
	assert_int_equal(p->nr_regions, 2);
	assert_why(&p->why, "expected a link back to");
}

static void test_an_absurd_number_of_routes(void **state)
{
	const struct hvd_mshv_partition *p;

	(void)state;
	fake_put(FIRST + OF_ROUTES, ROUTES, 8);
	fake_memory(ROUTES, 8 + 16);
	fake_put(ROUTES, UINT32_MAX, 4);
	fake_put(ROUTES + 8, 1, 4);
	fake_put(SECOND + OF_ROUTES, ROUTES + 1, 8);
	read_it();
	p = first_one();
	assert_int_equal(p->nr_routes, 0);
	assert_non_null(strstr(p->why.text,
			       "routes: expected at most 65536, found "
			       "4294967295"));
	hvd_mshv_free(&mshv);
	fake_put(ROUTES, 2, 4); /* the second is not in the dump */
	read_it();
	p = first_one();
	assert_int_equal(p->nr_routes, 1);
	assert_non_null(strstr(p->why.text, "route 1: "));
}

static void test_ports(void **state)
{
	(void)state;
	fake_put(IDR, NODE | 2, 8);
	fake_put(IDR + 8, 5, 4);
	fake_put(NODE + 24, PORT, 8);
	fake_put(PORT, 1, 4);
	read_it();
	assert_int_equal(mshv.nr_ports, 1);
	assert_int_equal(mshv.ports[0].id, 6);
	assert_string_equal(mshv.ports[0].type_name, "ONE");
	assert_true(hvd_mshv_is_whole(&mshv, &err));
}

/* A node below itself; one that is nowhere; a shift of more than an id has. */
static void test_ports_in_a_circle(void **state)
{
	(void)state;
	fake_put(IDR, NODE | 2, 8);
	fake_put(NODE + 16, NODE | 2, 8);
	read_it();
	assert_int_equal(mshv.nr_ports, 0);
	assert_why(&mshv.no_ports, "expected a shift below 0, found 0");
	hvd_mshv_free(&mshv);
	fake_put(NODE, 255, 1);
	read_it();
	assert_why(&mshv.no_ports, "expected a shift below 64, found 255");
	hvd_mshv_free(&mshv);
	fake_put(IDR, 0x123456789abcdef2, 8);
	read_it();
	assert_why(&mshv.no_ports, "ports: struct xa_node: 0x123456789abcdef0");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_without_the_driver),
		CASE(test_all_of_it),
		CASE(test_buckets_that_are_broken),
		CASE(test_types_that_lie),
		CASE(test_more_slots_than_the_object_has),
		CASE(test_vps_that_are_not_there),
		CASE(test_a_page_that_is_not_mapped),
		CASE(test_regions_in_a_circle),
		CASE(test_an_absurd_number_of_routes),
		CASE(test_ports),
		CASE(test_ports_in_a_circle),
	};

	return cmocka_run_group_tests(tests, NULL, fake_teardown);
}
