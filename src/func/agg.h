/* SPDX-License-Identifier: Apache-2.0
 * agg.h - what the aggregates share.  Private to func/. */
#ifndef FUNC_AGG_H
#define FUNC_AGG_H

#include "func/kernel.h"

/* The state of argument row i. */
#define AGG_STATE(T, rows, offset, i) ((T *)(void *)((rows)[i] + (offset)))

#endif
