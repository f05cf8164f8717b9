/* SPDX-License-Identifier: Apache-2.0
 * session.c - what statements change for the statements after them. */
#include "client/client.h"

#include "tap.h"

static const char *
value_of(const struct client_pairs *p, const char *name)
{
	for (int i = 0; i < p->n; i++)
		if (strcmp(p->v[i].name, name) == 0)
			return p->v[i].value;
	return "none";
}

static void
test_pairs(void)
{
	struct client_session s;

	client_session_init(&s);
	client_pairs_put(&s.properties, "a", "1");
	client_pairs_put(&s.properties, "b", "2");
	client_pairs_put(&s.properties, "a", "3");
	is_int(s.properties.n, 2, "two names");
	is_str(value_of(&s.properties, "a"), "3", "the last value");
	client_pairs_put(&s.properties, "a", NULL);
	client_pairs_put(&s.properties, "none", NULL);
	is_int(s.properties.n, 1, "one is removed");
	is_str(value_of(&s.properties, "b"), "2", "the other stays");
	for (int i = 0; i < 100; i++) {
		char name[16] = { (char)('a' + i % 26), (char)('a' + i / 26) };

		client_pairs_put(&s.prepared, name, "SELECT 1");
	}
	is_int(s.prepared.n, 100, "many");
	client_session_release(&s);
	ok(s.properties.n == 0 && s.user == NULL, "released");
}

static void
test_apply(void)
{
	struct client_pair set[2] = { { "p", "1" }, { "q", "2" } },
	    added = { "st", "SELECT 1" }, role = { "system", "ROLE{x}" };
	const char *clear = "p", *gone = "st";
	struct client_batch b = { .set_catalog = "tpch", .set_schema = "tiny",
		.set_path = "a.b", .started_transaction = "t1", .n_set = 2,
		.set = set, .n_added = 1, .added = &added, .n_roles = 1,
		.roles = &role };
	struct client_batch c = { .clear_transaction = true, .n_clear = 1,
		.clear = &clear, .n_deallocated = 1, .deallocated = &gone };
	struct client_session s;

	client_session_init(&s);
	client_session_set(&s.user, "me");
	client_session_apply(&s, &b);
	is_str(s.catalog, "tpch", "catalog");
	is_str(s.schema, "tiny", "schema");
	is_str(s.path, "a.b", "path");
	is_str(s.transaction, "t1", "transaction");
	is_str(value_of(&s.properties, "q"), "2", "property");
	is_str(value_of(&s.prepared, "st"), "SELECT 1", "prepared");
	is_str(value_of(&s.roles, "system"), "ROLE{x}", "role");
	client_session_apply(&s, &c);
	ok(s.transaction == NULL, "transaction ended");
	is_str(value_of(&s.properties, "p"), "none", "property reset");
	is_str(value_of(&s.properties, "q"), "2", "the other one stays");
	is_str(value_of(&s.prepared, "st"), "none", "deallocated");
	is_str(s.schema, "tiny", "what is not said stays");
	client_session_release(&s);
}

static void
test_user(void)
{
	struct client_batch set = { .set_user = "bob" },
	    again = { .set_user = "eve" }, reset = { .reset_user = true };
	struct client_session s;

	client_session_init(&s);
	client_session_set(&s.user, "me");
	client_session_apply(&s, &set);
	client_session_apply(&s, &again);
	is_str(s.user, "eve", "SET SESSION AUTHORIZATION");
	is_str(s.original_user, "me", "keeps the first user");
	client_session_apply(&s, &reset);
	is_str(s.user, "me", "RESET SESSION AUTHORIZATION");
	client_session_apply(&s, &reset);
	is_str(s.user, "me", "twice");
	client_session_release(&s);
}

int
main(void)
{
	test_pairs();
	test_apply();
	test_user();
	return tap_done();
}
