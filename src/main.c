/* SPDX-License-Identifier: Apache-2.0
 * main.c - flags, configuration, and the role that this process plays. */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "actors/local_client.h"
#include "actors/settings.h"
#include "actors/start.h"
#include "base/check.h"
#include "base/log.h"
#include "cli/cli.h"
#include "client/http_client.h"
#include "sql/parse.h"

#ifdef HAVE_JEMALLOC
/* Two arenas are enough for few threads that rarely free each other's
 * memory; huge pages are asked for by data blocks alone (mem/block.c). */
const char *malloc_conf = "background_thread:false,dirty_decay_ms:2000,"
    "muzzy_decay_ms:0,oversize_threshold:0,narenas:4,"
    "metadata_thp:disabled";
#endif

enum { EXIT_USAGE = 2, MAX_SETS = 64 };

struct flags {
	enum { RUN_CLI, RUN_COORDINATOR, RUN_WORKER } role;
	const char *conf_dir;
	const char *sets[MAX_SETS];
	int n_sets;
	const char *server;
	struct cli_options cli;
	struct client_session session;
};

enum option_code {
	OPT_ROLE = 256, OPT_CONF, OPT_SET, OPT_SERVER, OPT_EXECUTE, OPT_FILE,
	OPT_FORMAT, OPT_CATALOG, OPT_SCHEMA, OPT_USER, OPT_SOURCE,
	OPT_SESSION, OPT_TIMEZONE, OPT_IGNORE_ERRORS, OPT_PROGRESS,
	OPT_NO_PROGRESS, OPT_HISTORY, OPT_PAGER, OPT_HELP, OPT_VERSION,
	OPT_PRINT_CONF, OPT_PRINT_MDOC,
};

static const struct option long_options[] = {
	{ "role", required_argument, NULL, OPT_ROLE },
	{ "conf", required_argument, NULL, OPT_CONF },
	{ "set", required_argument, NULL, OPT_SET },
	{ "server", required_argument, NULL, OPT_SERVER },
	{ "execute", required_argument, NULL, OPT_EXECUTE },
	{ "file", required_argument, NULL, OPT_FILE },
	{ "output-format", required_argument, NULL, OPT_FORMAT },
	{ "catalog", required_argument, NULL, OPT_CATALOG },
	{ "schema", required_argument, NULL, OPT_SCHEMA },
	{ "user", required_argument, NULL, OPT_USER },
	{ "source", required_argument, NULL, OPT_SOURCE },
	{ "session", required_argument, NULL, OPT_SESSION },
	{ "timezone", required_argument, NULL, OPT_TIMEZONE },
	{ "ignore-errors", no_argument, NULL, OPT_IGNORE_ERRORS },
	{ "progress", no_argument, NULL, OPT_PROGRESS },
	{ "no-progress", no_argument, NULL, OPT_NO_PROGRESS },
	{ "history-file", required_argument, NULL, OPT_HISTORY },
	{ "pager", required_argument, NULL, OPT_PAGER },
	{ "help", optional_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "print-sample-conf", no_argument, NULL, OPT_PRINT_CONF },
	{ "print-settings-mdoc", no_argument, NULL, OPT_PRINT_MDOC },
	{ NULL, 0, NULL, 0 },
};

static void
print_help(void)
{
	fputs("usage: quern [--server URL] [--execute SQL | --file FILE] "
	    "[OPTION]...\n"
	    "       quern --role=coordinator|worker [--conf DIR] "
	    "[--set NAME=VALUE]...\n"
	    "\n"
	    "Without --role: a command line; without --server it runs the "
	    "engine itself.\n"
	    "  --server URL           coordinator to talk to "
	    "(http://HOST:PORT)\n"
	    "  --execute SQL          run statements and exit\n"
	    "  --file FILE            run a file and exit (-: standard "
	    "input)\n"
	    "  --output-format NAME   CSV, TSV, JSON, ALIGNED, VERTICAL, ... "
	    "(see quern(1))\n"
	    "  --catalog NAME, --schema NAME, --user NAME, --source TEXT\n"
	    "  --session NAME=VALUE   a session property\n"
	    "  --timezone ZONE        session time zone\n"
	    "  --ignore-errors        go on after a statement that failed\n"
	    "  --progress, --no-progress\n"
	    "  --history-file FILE, --pager COMMAND\n"
	    "With --role: a server.\n"
	    "  --conf DIR             quern.conf and catalog/*.properties "
	    "(default /etc/quern)\n"
	    "  --set NAME=VALUE       a setting, stronger than the file\n"
	    "  --help=settings        all settings\n"
	    "  --version\n"
	    "\n"
	    "SIGTERM drains and ends a server; SIGINT ends it now.  Exit "
	    "status: 0, 1 failure,\n"
	    "2 usage or configuration.\n", stdout);
}

static int
usage(const char *fmt, const char *what)
{
	fputs("quern: ", stderr);
	fprintf(stderr, fmt, what);
	fputs("\nTry 'quern --help'.\n", stderr);
	return EXIT_USAGE;
}

static int
print_settings(void (*print)(struct sbuf *to))
{
	struct sbuf b = { 0 };

	print(&b);
	fputs(sbuf_z(&b), stdout);
	sbuf_release(&b);
	return 0;
}

/* Handles one option; -1: go on, else the exit status. */
static int
take_option(struct flags *f, int code, const char *arg)
{
	struct client_session *s = &f->session;
	char *equals, *name;

	switch (code) {
	case OPT_ROLE:
		if (strcmp(arg, "coordinator") == 0)
			f->role = RUN_COORDINATOR;
		else if (strcmp(arg, "worker") == 0)
			f->role = RUN_WORKER;
		else
			return usage("no such role: %s", arg);
		break;
	case OPT_CONF: f->conf_dir = arg; break;
	case OPT_SET:
		if (f->n_sets == MAX_SETS || strchr(arg, '=') == NULL)
			return usage("--set wants NAME=VALUE: %s", arg);
		f->sets[f->n_sets++] = arg;
		break;
	case OPT_SERVER: f->server = arg; break;
	case OPT_EXECUTE: f->cli.execute = arg; break;
	case OPT_FILE: f->cli.file = arg; break;
	case OPT_FORMAT: f->cli.format = arg; break;
	case OPT_CATALOG: client_session_set(&s->catalog, arg); break;
	case OPT_SCHEMA: client_session_set(&s->schema, arg); break;
	case OPT_USER: client_session_set(&s->user, arg); break;
	case OPT_SOURCE: client_session_set(&s->source, arg); break;
	case OPT_TIMEZONE: client_session_set(&s->time_zone, arg); break;
	case OPT_SESSION:
		name = xstrdup(arg);
		equals = strchr(name, '=');
		if (equals != NULL) {
			*equals = '\0';
			client_pairs_put(&s->properties, name, equals + 1);
		}
		free(name);
		if (equals == NULL)
			return usage("--session wants NAME=VALUE: %s", arg);
		break;
	case OPT_IGNORE_ERRORS: f->cli.ignore_errors = true; break;
	case OPT_PROGRESS: f->cli.progress = 1; break;
	case OPT_NO_PROGRESS: f->cli.progress = -1; break;
	case OPT_HISTORY: f->cli.history_file = arg; break;
	case OPT_PAGER: f->cli.pager = arg; break;
	case OPT_HELP:
		if (arg != NULL && strcmp(arg, "settings") == 0)
			return print_settings(settings_print_text);
		print_help();
		return 0;
	case OPT_VERSION:
		printf("quern %s (speaks Trino %s)\n", PACKAGE_VERSION,
		    quern_version);
		return 0;
	case OPT_PRINT_CONF:
		return print_settings(settings_print_sample);
	case OPT_PRINT_MDOC:
		return print_settings(settings_print_mdoc);
	default:
		fputs("Try 'quern --help'.\n", stderr);
		return EXIT_USAGE;
	}
	return -1;
}

/* --- configuration --------------------------------------------------------------- */

static int
load_conf(const struct flags *f, struct conf *c, char **catalogs,
    struct err *e)
{
	const char *dir = f->conf_dir;
	struct sbuf path = { 0 };
	struct stat st;
	int rc = 0;

	conf_init(c, node_items, node_items_n);
	*catalogs = NULL;
	if (dir == NULL && f->role != RUN_CLI && stat("/etc/quern", &st) == 0)
		dir = "/etc/quern";
	if (dir != NULL) {
		if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode))
			return err_set(e, ERR_CONFIGURATION_INVALID,
			    "--conf: %s is no directory", dir);
		sbuf_addf(&path, "%s/quern.conf", dir);
		if (stat(sbuf_z(&path), &st) == 0)
			rc = conf_load(c, path.p, e);
		sbuf_clear(&path);
		sbuf_addf(&path, "%s/catalog", dir);
		if (stat(sbuf_z(&path), &st) == 0)
			*catalogs = xstrdup(path.p);
		sbuf_release(&path);
	}
	for (int i = 0; i < f->n_sets && rc == 0; i++) {
		const char *equals = strchr(f->sets[i], '=');

		rc = conf_set(c, (struct str){ f->sets[i], (size_t)(equals -
		    f->sets[i]) }, str_of(equals + 1), "--set", 0, e);
	}
	return rc;
}

static void
set_log(const struct conf *c)
{
	static const char *const names[] = { "DEBUG", "INFO", "WARN",
		"ERROR", "OFF" };
	const char *level = conf_string(c, "log.level");

	for (int i = 0; i <= LOG_OFF; i++)
		if (strcmp(level, names[i]) == 0)
			log_set_level((enum log_level)i);
	log_set_journal(getenv("JOURNAL_STREAM") != NULL);
}

/* --- a server --------------------------------------------------------------------- */

/* Tells systemd, where it listens. */
static void
sd_notify_state(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd;

	if (path == NULL || strlen(path) >= sizeof(to.sun_path))
		return;
	strcpy(to.sun_path, path);
	if (to.sun_path[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	(void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL,
	    (struct sockaddr *)&to, (socklen_t)(offsetof(struct sockaddr_un,
	    sun_path) + strlen(path)));
	close(fd);
}

static int64_t
watchdog_ms(void)
{
	const char *us = getenv("WATCHDOG_USEC");

	return us == NULL ? -1 : MAX(strtoll(us, NULL, 10) / 2000, 100);
}

static void
on_drained(void *arg)
{
	uint64_t one = 1;

	(void)!write(*(int *)arg, &one, sizeof(one));
}

/* Waits until a signal or the end of a drain says stop. */
static void
serve(struct server *s, int signals, int drained, int64_t grace_ms)
{
	struct pollfd fds[2] = { { signals, POLLIN, 0 },
		{ drained, POLLIN, 0 } };
	int64_t watchdog = watchdog_ms(), left = -1;
	bool draining = false;

	for (;;) {
		int64_t wait = watchdog;
		struct signalfd_siginfo info;

		if (draining && (wait < 0 || left < wait))
			wait = left;
		if (poll(fds, 2, (int)wait) < 0 && errno != EINTR)
			return;
		sd_notify_state("WATCHDOG=1");
		if (fds[1].revents != 0)
			return;
		if (draining && wait >= 0 && (left -= wait) <= 0)
			return;
		if (fds[0].revents == 0 ||
		    read(signals, &info, sizeof(info)) != sizeof(info))
			continue;
		if (info.ssi_signo == SIGINT || draining)
			return;
		sd_notify_state("STOPPING=1");
		draining = true;
		left = grace_ms;
		server_drain(s);
	}
}

static int
run_server(const struct flags *f)
{
	struct server_options o = { .role = f->role == RUN_COORDINATOR
	    ? ROLE_COORDINATOR : ROLE_WORKER };
	struct sbuf line = { 0 };
	struct server *s;
	struct conf c;
	sigset_t set;
	char *catalogs;
	int drained = eventfd(0, EFD_CLOEXEC), signals;
	struct err e;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (load_conf(f, &c, &catalogs, &e) != 0) {
		fprintf(stderr, "quern: %s\n", e.text);
		return EXIT_USAGE;
	}
	set_log(&c);
	o.conf = &c;
	o.catalog_dir = catalogs;
	o.drained = on_drained;
	o.arg = &drained;
	s = server_start(&o, &e);
	if (s == NULL) {
		fprintf(stderr, "quern: %s\n", e.text);
		return e.code == ERR_CONFIGURATION_INVALID ? EXIT_USAGE : 1;
	}
	server_ready_line(s, &line);
	puts(sbuf_z(&line));
	fflush(stdout);
	sbuf_release(&line);
	sd_notify_state("READY=1");
	serve(s, signals, drained, conf_int(&c, "shutdown.grace-period") /
	    1000000);
	server_stop(&s);
	conf_release(&c);
	free(catalogs);
	close(signals);
	close(drained);
	return 0;
}

/* --- the command line --------------------------------------------------------------- */

static void
default_session(struct client_session *s, bool embedded)
{
	const char *user = getenv("USER");

	if (s->user == NULL)
		client_session_set(&s->user, user == NULL ? "quern" : user);
	if (s->source == NULL)
		client_session_set(&s->source, "quern-cli");
	if (s->time_zone == NULL && getenv("TZ") != NULL && !embedded)
		client_session_set(&s->time_zone, getenv("TZ"));
}

static int
run_embedded(struct flags *f)
{
	struct server_options o = { .role = ROLE_EMBEDDED };
	struct client *client;
	struct server *s;
	struct conf c;
	char *catalogs;
	struct err e;
	sigset_t set;
	int status;

	/* Control-C is the command line's, not that of the engine's threads. */
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (load_conf(f, &c, &catalogs, &e) != 0) {
		fprintf(stderr, "quern: %s\n", e.text);
		return EXIT_USAGE;
	}
	set_log(&c);
	o.conf = &c;
	o.catalog_dir = catalogs;
	s = server_start(&o, &e);
	if (s == NULL) {
		fprintf(stderr, "quern: %s\n", e.text);
		return EXIT_USAGE;
	}
	client = local_client_new(s);
	status = cli_run(client, &f->session, &f->cli);
	server_stop(&s);
	client->ops->free(client);
	conf_release(&c);
	free(catalogs);
	return status;
}

static int
run_remote(struct flags *f)
{
	struct http_client_options o = { .server = f->server };
	struct client *client;
	struct err e;
	int status;

	client = http_client_new(&o, &e);
	if (client == NULL) {
		fprintf(stderr, "quern: %s\n", e.text);
		return EXIT_USAGE;
	}
	status = cli_run(client, &f->session, &f->cli);
	client->ops->free(client);
	return status;
}

int
main(int argc, char **argv)
{
	struct flags f = { .role = RUN_CLI };
	int code, status = -1;

	client_session_init(&f.session);
	f.cli.split = sql_split;
	while (status < 0 && (code = getopt_long(argc, argv, "", long_options,
	    NULL)) != -1)
		status = take_option(&f, code, optarg);
	if (status < 0 && optind < argc)
		status = usage("unexpected argument: %s", argv[optind]);
	if (status < 0 && f.role != RUN_CLI) {
		status = run_server(&f);
	} else if (status < 0) {
		default_session(&f.session, f.server == NULL);
		status = f.server != NULL ? run_remote(&f) : run_embedded(&f);
	}
	client_session_release(&f.session);
	return status;
}
