/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The small part of a C library that minihv needs, and spin locks. */
#ifndef MINIHV_LIB_H
#define MINIHV_LIB_H

#include "x86.h"

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);

/** True when the text [@p s, @p s + @p n) is exactly @p word. */
bool text_is(const char *s, size_t n, const char *word);

/**
 * Parse an unsigned number, decimal or 0x-hexadecimal.
 *
 * @param ps	in: where it starts; out: behind its last digit
 * @param ret	the value
 * @return false when there is no number, or it does not fit in 64 bits
 */
bool parse_u64(const char **ps, u64 *ret);

struct spinlock {
	volatile u32 taken;
};

static inline bool spin_trylock(struct spinlock *l)
{
	return __atomic_exchange_n(&l->taken, 1, __ATOMIC_ACQUIRE) == 0;
}

static inline void spin_lock(struct spinlock *l)
{
	while (!spin_trylock(l))
		cpu_relax();
}

static inline void spin_unlock(struct spinlock *l)
{
	__atomic_store_n(&l->taken, 0, __ATOMIC_RELEASE);
}

/* Little-endian fields of a hypercall's input or output block. */
static inline u16 get16(const void *p)
{
	u16 v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

static inline u32 get32(const void *p)
{
	u32 v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

static inline u64 get64(const void *p)
{
	u64 v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

static inline void put16(void *p, u16 v)
{
	__builtin_memcpy(p, &v, sizeof(v));
}

static inline void put32(void *p, u32 v)
{
	__builtin_memcpy(p, &v, sizeof(v));
}

static inline void put64(void *p, u64 v)
{
	__builtin_memcpy(p, &v, sizeof(v));
}

#endif
