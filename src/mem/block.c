/* SPDX-License-Identifier: Apache-2.0
 * block.c - data memory itself.
 *
 * Below 2 MiB it is the allocator's.  From there on blocks are mapped, on
 * huge page boundaries with MADV_HUGEPAGE, in four sizes a doubling, and kept
 * in the node's pool when free: mapping and faulting in a gigabyte costs more
 * than many a query. */
#include "config.h"

#include "mem/pool_priv.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifdef HAVE_JEMALLOC
#include <jemalloc/jemalloc.h>
#endif

#include "base/check.h"

/* The class of the smallest big block of at least `bytes`; its size. */
static int
block_class(size_t bytes, size_t *size)
{
	int doubling, quarter;
	size_t base, step;

	if (bytes <= BLOCK_MIN) {
		*size = BLOCK_MIN;
		return 0;
	}
	doubling = 63 - __builtin_clzll(bytes - 1) - 21;
	base = (size_t)BLOCK_MIN << doubling;
	step = MAX(base / 4, (size_t)BLOCK_MIN);
	quarter = (int)((bytes - base + step - 1) / step);
	*size = base + (size_t)quarter * step;
	return 4 * doubling + (int)(4 * (*size - base) / base);
}

size_t
mem_good_size(size_t bytes)
{
	size_t size;

	if (bytes > BLOCK_MIN - 4096) {
		if (bytes > (size_t)1 << 48)
			return bytes;
		block_class(bytes, &size);
		return size;
	}
	if (bytes == 0)
		bytes = 1;
#ifdef HAVE_JEMALLOC
	return nallocx(bytes, MALLOCX_ALIGN(64));
#else
	return (bytes + 63) & ~(size_t)63;
#endif
}

static struct block *
block_map(size_t size)
{
	char *p, *at;
	size_t head;

	p = mmap(NULL, size + BLOCK_MIN, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	at = (char *)(((uintptr_t)p + BLOCK_MIN - 1) &
	    ~(uintptr_t)(BLOCK_MIN - 1));
	head = (size_t)(at - p);
	if (head > 0)
		munmap(p, head);
	if (head < BLOCK_MIN)
		munmap(at + size, BLOCK_MIN - head);
	madvise(at, size, MADV_HUGEPAGE);
	return (struct block *)at;
}

static void *
block_get(struct mem_node *n, size_t bytes)
{
	struct block *b = NULL;
	size_t size;
	int class = block_class(bytes, &size);

	if (n != NULL && class < BLOCK_CLASSES) {
		pthread_mutex_lock(&n->block_lock);
		b = n->free[class];
		if (b != NULL) {
			n->free[class] = b->next;
			n->free_bytes -= size;
		}
		pthread_mutex_unlock(&n->block_lock);
	}
	return b != NULL ? b : block_map(size);
}

static void
block_put(struct mem_node *n, void *p, size_t bytes)
{
	size_t size;
	int class = block_class(bytes, &size);
	struct block *b = p;

	if (n != NULL && class < BLOCK_CLASSES) {
		pthread_mutex_lock(&n->block_lock);
		if (n->free_bytes + size <= n->recycle) {
			b->next = n->free[class];
			n->free[class] = b;
			n->free_bytes += size;
			b = NULL;
		}
		pthread_mutex_unlock(&n->block_lock);
	}
	if (b != NULL)
		munmap(b, size);
}

void
block_free_all(struct mem_node *n)
{
	struct block *lists[BLOCK_CLASSES];

	pthread_mutex_lock(&n->block_lock);
	memcpy(lists, n->free, sizeof(lists));
	memset(n->free, 0, sizeof(n->free));
	n->free_bytes = 0;
	pthread_mutex_unlock(&n->block_lock);
	for (int i = 0; i < BLOCK_CLASSES; i++)
		for (struct block *b = lists[i], *next; b != NULL; b = next) {
			/* Class i is (4 + i % 4) quarters of its doubling. */
			size_t base = (size_t)BLOCK_MIN << (i / 4);

			next = b->next;
			munmap(b, base + base / 4 * (size_t)(i % 4));
		}
}

uint64_t
mem_node_trim(struct mem_node *n)
{
	uint64_t bytes;

	pthread_mutex_lock(&n->block_lock);
	bytes = n->free_bytes;
	pthread_mutex_unlock(&n->block_lock);
	block_free_all(n);
#ifdef HAVE_JEMALLOC
	/* "arena.4096.purge": all arenas (MALLCTL_ARENAS_ALL). */
	mallctl("arena.4096.purge", NULL, NULL, NULL, 0);
#endif
	return bytes;
}

static struct mem_node *
node_of(const struct mem_account *a)
{
	return a == NULL || a->pool == NULL ? NULL : a->pool->node;
}

static void *
raw_alloc(struct mem_node *n, size_t good)
{
	if (good >= BLOCK_MIN)
		return block_get(n, good);
#ifdef HAVE_JEMALLOC
	return mallocx(good, MALLOCX_ALIGN(64));
#else
	return aligned_alloc(64, good);
#endif
}

static void
raw_free(struct mem_node *n, void *p, size_t good)
{
	if (good >= BLOCK_MIN) {
		block_put(n, p, good);
		return;
	}
#ifdef HAVE_JEMALLOC
	sdallocx(p, good, MALLOCX_ALIGN(64));
#else
	free(p);
#endif
}

void *
mem_alloc(struct mem_account *a, size_t bytes, struct err *e)
{
	size_t good = mem_good_size(bytes);
	void *p;

	if (mem_reserve(a, good, e) < 0)
		return NULL;
	p = good > (size_t)1 << 48 ? NULL : raw_alloc(node_of(a), good);
	if (p == NULL) {
		mem_release(a, good);
		err_set(e, ERR_GENERIC_INSUFFICIENT_RESOURCES,
		    "The system has no %zu bytes of memory for %s", bytes,
		    a == NULL ? "the engine" : a->name);
	}
	return p;
}

void
mem_free(struct mem_account *a, void *p, size_t bytes)
{
	size_t good;

	if (p == NULL)
		return;
	good = mem_good_size(bytes);
	raw_free(node_of(a), p, good);
	mem_release(a, good);
}

void *
mem_realloc(struct mem_account *a, void *p, size_t old_bytes,
    size_t new_bytes, struct err *e)
{
	void *to;

	if (p != NULL && mem_good_size(old_bytes) == mem_good_size(new_bytes))
		return p;
	to = mem_alloc(a, new_bytes, e);
	if (to == NULL || p == NULL)
		return to;
	memcpy(to, p, MIN(old_bytes, new_bytes));
	mem_free(a, p, old_bytes);
	return to;
}
