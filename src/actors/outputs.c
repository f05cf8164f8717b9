/* SPDX-License-Identifier: Apache-2.0
 * outputs.c - buffers that wait for their tasks. */
#include "actors/outputs.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/map.h"

struct task_outputs {
	pthread_mutex_t lock;
	struct map map;
};

struct task_outputs *
task_outputs_new(void)
{
	struct task_outputs *o = xcalloc(1, sizeof(*o));

	pthread_mutex_init(&o->lock, NULL);
	map_init(&o->map);
	return o;
}

void
task_outputs_free(struct task_outputs **op)
{
	struct task_outputs *o = *op;
	struct map_entry *e;
	uint32_t at = 0;

	*op = NULL;
	if (o == NULL)
		return;
	while ((e = map_next(&o->map, &at)) != NULL) {
		struct out_buffer *b = e->value;

		out_buffer_drop(&b);
	}
	map_release(&o->map);
	pthread_mutex_destroy(&o->lock);
	free(o);
}

void
task_outputs_put(struct task_outputs *o, const char *task,
    struct out_buffer *b)
{
	struct out_buffer *old;

	pthread_mutex_lock(&o->lock);
	old = map_put(&o->map, str_of(task), out_buffer_ref(b));
	pthread_mutex_unlock(&o->lock);
	out_buffer_drop(&old);
}

struct out_buffer *
task_outputs_take(struct task_outputs *o, const char *task)
{
	struct out_buffer *b;

	pthread_mutex_lock(&o->lock);
	b = map_del(&o->map, str_of(task));
	pthread_mutex_unlock(&o->lock);
	return b;
}
