/* SPDX-License-Identifier: Apache-2.0
 * job.h - blocking work handed to somebody else's threads.
 *
 * Readers of files and clients of other systems get a runner and never know
 * whose threads run the job (work threads of the runtime; at once, in tests
 * and in the simulation). */
#ifndef BASE_JOB_H
#define BASE_JOB_H

struct job_runner {
	/* Runs run(arg) once on another thread, soon.  run() tells its result
	 * by itself (a wait token).  Never fails; may run it before it
	 * returns. */
	void (*submit)(struct job_runner *r, void (*run)(void *arg),
	    void *arg);
};

static inline void
job_submit(struct job_runner *r, void (*run)(void *arg), void *arg)
{
	if (r == 0)
		run(arg);
	else
		r->submit(r, run, arg);
}

#endif
