/* SPDX-License-Identifier: Apache-2.0
 * settings.c - the table of settings and its printed forms. */
#include "actors/settings.h"

#include "base/check.h"

#define KB (INT64_C(1) << 10)
#define MB (INT64_C(1) << 20)
#define TB (INT64_C(1) << 40)
#define MS INT64_C(1000000)
#define S (1000 * MS)
#define DAY (86400 * S)

const struct conf_item node_items[] = {
	{ "node.environment", CONF_STRING, "production", 0, 0, NULL,
	  "Name of the environment; shown by /v1/info.", false },
	{ "node.id", CONF_STRING, "", 0, 0, NULL,
	  "Identity of this node; empty: a new one at every start.", false },
	{ "node.bind-ip", CONF_STRING, "127.0.0.1", 0, 0, NULL,
	  "IPv4 address that all sockets bind to.", false },
	{ "node.internal-address", CONF_STRING, "", 0, 0, NULL,
	  "Address under which other nodes reach this one; empty: "
	  "node.bind-ip.", false },
	{ "discovery.uri", CONF_STRING, "", 0, 0, NULL,
	  "tcp://HOST:PORT of the coordinator's control socket; needed by "
	  "a worker.", false },
	{ "http-server.http.port", CONF_INT, "8080", 0, 65535, NULL,
	  "Port of the HTTP server; 0 takes a free one.", false },
	{ "http-server.process-forwarded", CONF_BOOL, "false", 0, 0, NULL,
	  "Believe X-Forwarded-* headers of a proxy in front.", false },
	{ "http-server.max-connections", CONF_INT, "4096", 16, 1000000, NULL,
	  "Connections that the HTTP server holds at once.", false },
	{ "control.port", CONF_INT, "0", 0, 65535, NULL,
	  "Port of the control socket; 0: the next free one after the HTTP "
	  "port.", false },
	{ "data.port", CONF_INT, "0", 0, 65535, NULL,
	  "Port of the data socket; 0: the next free one.", false },
	{ "client.port", CONF_INT, "0", 0, 65535, NULL,
	  "Port of the client text socket (nngcat --req); 0: the next free "
	  "one.", false },
	{ "events.port", CONF_INT, "0", 0, 65535, NULL,
	  "Port of the events socket (nngcat --sub); 0: the next free one.",
	  false },
	{ "internal-communication.shared-secret", CONF_STRING, "", 0, 0, NULL,
	  "Authenticates every frame between nodes; the same on all.", true },
	{ "node-scheduler.include-coordinator", CONF_BOOL, "true", 0, 0, NULL,
	  "The coordinator runs tasks as well.", false },
	{ "failure-detector.silence", CONF_DURATION, "5s", 100 * MS, DAY,
	  NULL, "A worker that was not heard of for so long is gone; its "
	  "queries fail.", false },
	{ "query.max-memory", CONF_SIZE, "20GB", MB, 1024 * TB, NULL,
	  "Data memory of one query on all nodes.", false },
	{ "query.max-memory-per-node", CONF_SIZE, "0B", 0, 1024 * TB, NULL,
	  "Data memory of one query on one node; 0B: 60 % of the memory.",
	  false },
	{ "memory.heap-headroom-per-node", CONF_SIZE, "0B", 0, 1024 * TB,
	  NULL, "Memory left to all that is not data; 0B: 20 % of the "
	  "memory.", false },
	{ "query.client.timeout", CONF_DURATION, "5m", S, DAY, NULL,
	  "A query that no client asks for is abandoned after so long.",
	  false },
	{ "query.max-history", CONF_INT, "100", 1, 100000, NULL,
	  "Ended queries that are remembered.", false },
	{ "query.max-concurrent-queries", CONF_INT, "1000", 1, 100000, NULL,
	  "Queries that run at once; others wait.", false },
	{ "query.max-queued-queries", CONF_INT, "5000", 0, 1000000, NULL,
	  "Queries that wait; more are refused.", false },
	{ "task.concurrency", CONF_INT, "0", 0, 1024, NULL,
	  "Drivers of a pipeline; 0: one a CPU.", false },
	{ "task.max-worker-threads", CONF_INT, "0", 0, 1024, NULL,
	  "Worker loops; 0: one a CPU.", false },
	{ "spill-enabled", CONF_BOOL, "false", 0, 0, NULL,
	  "Write revocable memory to files when it runs short.", false },
	{ "spiller-spill-path", CONF_STRING, "", 0, 0, NULL,
	  "Directory for spill files; needed when spill-enabled.", false },
	{ "catalog.config-dir", CONF_STRING, "", 0, 0, NULL,
	  "Directory of catalog files; empty: catalog/ beside quern.conf.",
	  false },
	{ "file.base-path", CONF_STRING, "", 0, 0, NULL,
	  "Directory that files by path are in; nothing outside is read by "
	  "a server; empty: files by path are off.", false },
	{ "log.level", CONF_ENUM, "WARN", 0, 0,
	  "DEBUG|INFO|WARN|ERROR|OFF", "What goes to standard error.",
	  false },
	{ "shutdown.grace-period", CONF_DURATION, "2m", 0, DAY, NULL,
	  "How long SIGTERM waits for running work.", false },
};
const int node_items_n = ARRAY_LEN(node_items);

static const char *
type_word(const struct conf_item *i)
{
	static const char *const words[] = { "true or false", "number",
		"number", "size (64MB)", "duration (5s)", "text", "" };

	return i->type == CONF_ENUM ? i->choices : words[i->type];
}

static const char *
default_word(const struct conf_item *i)
{
	return *i->fallback == '\0' ? "none" : i->fallback;
}

void
settings_print_text(struct sbuf *to)
{
	for (int i = 0; i < node_items_n; i++)
		sbuf_addf(to, "%s=%s\n        %s\n        %s\n",
		    node_items[i].name, node_items[i].fallback,
		    type_word(&node_items[i]), node_items[i].help);
}

void
settings_print_mdoc(struct sbuf *to)
{
	for (int i = 0; i < node_items_n; i++)
		sbuf_addf(to, ".It Cm %s\n%s\nDefault: %s.\n%s\n",
		    node_items[i].name, type_word(&node_items[i]),
		    default_word(&node_items[i]), node_items[i].help);
}

void
settings_print_sample(struct sbuf *to)
{
	for (int i = 0; i < node_items_n; i++)
		sbuf_addf(to, "# %s (%s)\n#%s=%s\n\n", node_items[i].help,
		    type_word(&node_items[i]), node_items[i].name,
		    node_items[i].fallback);
}
