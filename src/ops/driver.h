/* SPDX-License-Identifier: Apache-2.0
 * driver.h - the making of drivers; the rest is in task.h. */
#ifndef OPS_DRIVER_H
#define OPS_DRIVER_H

#include "ops/task.h"

struct pipeline;

/* One more driver of pipeline p. */
struct driver *driver_new(struct task *t, struct pipeline *p);

#endif
