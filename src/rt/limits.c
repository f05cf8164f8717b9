/* SPDX-License-Identifier: Apache-2.0
 * limits.c - how many CPUs and how much memory this process may use: the
 * machine's, cut by affinity and by each control group it is in (version 2;
 * a container sees its own as the root). */
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "rt/rt.h"

/* The first line of /sys/fs/cgroup PATH / FILE. */
static bool
read_line(const char *path, const char *file, char *to, int n)
{
	char name[PATH_MAX + 64];
	FILE *f;
	bool got;

	if (snprintf(name, sizeof(name), "/sys/fs/cgroup%s/%s", path, file) >=
	    (int)sizeof(name))
		return false;
	f = fopen(name, "re");
	if (f == NULL)
		return false;
	got = fgets(to, n, f) != NULL;
	fclose(f);
	return got;
}

/* "/a/b" of the line "0::/a/b". */
static void
own_group(char *path, size_t n)
{
	char line[PATH_MAX];
	FILE *f = fopen("/proc/self/cgroup", "re");

	path[0] = '\0';
	if (f == NULL)
		return;
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "0::", 3) == 0) {
			line[strcspn(line, "\n")] = '\0';
			snprintf(path, n, "%s", line + 3);
		}
	fclose(f);
	if (strcmp(path, "/") == 0)
		path[0] = '\0';
}

/* Calls each() with every group from our own up to the root. */
static void
each_group(void (*each)(const char *path, void *arg), void *arg)
{
	char path[PATH_MAX];

	own_group(path, sizeof(path));
	for (;;) {
		char *slash;

		each(path, arg);
		slash = strrchr(path, '/');
		if (slash == NULL)
			return;
		*slash = '\0';
	}
}

static void
cut_cpus(const char *path, void *arg)
{
	char line[64];
	double *most = arg, quota, period;

	if (read_line(path, "cpu.max", line, sizeof(line)) &&
	    sscanf(line, "%lf %lf", &quota, &period) == 2 && period > 0 &&
	    quota / period < *most)
		*most = quota / period;
}

int
rt_cpus(void)
{
	double most = (double)sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		most = MIN(most, (double)CPU_COUNT(&set));
	each_group(cut_cpus, &most);
	/* Half a CPU more is worth a loop. */
	return MAX((int)(most + 0.5), 1);
}

static void
cut_memory(const char *path, void *arg)
{
	char line[64];
	uint64_t *most = arg;
	unsigned long long v;

	if (read_line(path, "memory.max", line, sizeof(line)) &&
	    sscanf(line, "%llu", &v) == 1 && v > 0 && v < *most)
		*most = v;
}

uint64_t
rt_memory(void)
{
	uint64_t most = (uint64_t)sysconf(_SC_PHYS_PAGES) *
	    (uint64_t)sysconf(_SC_PAGESIZE);

	each_group(cut_memory, &most);
	return most;
}
