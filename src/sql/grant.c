/* SPDX-License-Identifier: Apache-2.0
 * grant.c - parses GRANT, REVOKE and DENY, and principals. */
#include "sql/parser.h"

/* [USER | ROLE] name; of a grantor also CURRENT_USER and CURRENT_ROLE */
struct node *
parse_principal(struct parser *p, bool grantor)
{
	struct principal_node *n = parse_new(p, PRINCIPAL, principal);

	if (grantor && parse_accept(p, KW_CURRENT_USER)) {
		n->type = PRINCIPAL_CURRENT_USER;
		return parse_end(p, n);
	}
	if (grantor && parse_accept(p, KW_CURRENT_ROLE)) {
		n->type = PRINCIPAL_CURRENT_ROLE;
		return parse_end(p, n);
	}
	if (parse_at(p, KW_USER) && parse_is_name(p, 1))
		n->type = PRINCIPAL_USER;
	else if (parse_at(p, KW_ROLE) && parse_is_name(p, 1))
		n->type = PRINCIPAL_ROLE;
	if (n->type != PRINCIPAL_UNSPECIFIED)
		p->t++;
	n->name = parse_ident(p);
	return parse_end(p, n);
}

/* Does a kind stand before the name?  TO may be a name, but is not here. */
static bool
is_kind(const struct parser *p)
{
	enum token_kind then = parse_peek(p, 2);

	return parse_is_name(p, 0) && parse_is_name(p, 1)
	    && (parse_peek(p, 1) != KW_TO || then == KW_TO || then == '.');
}

/* [BRANCH name IN] [kind] name */
struct node *
parse_grant_object(struct parser *p)
{
	struct grant_object_node *n = parse_new(p, GRANT_OBJECT,
	    grant_object);
	const struct token *t;

	if (parse_at(p, KW_BRANCH) && parse_is_name(p, 1)
	    && parse_peek(p, 2) == KW_IN) {
		p->t++;
		n->branch = parse_ident(p);
		p->t++;
	}
	t = p->t;
	n->kind = STR("");
	if (parse_at(p, KW_TABLE) || parse_at(p, KW_SCHEMA)
	    || is_kind(p)) {
		n->kind = arena_str(p->arena,
		    (struct str){ p->text.p + t->at, t->len });
		p->t++;
	}
	n->name = parse_name(p);
	return parse_end(p, n);
}

/* A privilege or the name of a role; true: a privilege's key word. */
static bool
parse_privilege(struct parser *p, struct node_list *l)
{
	static const struct {
		uint16_t word;
		const char *text;
	} words[] = {
		{ KW_CREATE, "CREATE" }, { KW_DELETE, "DELETE" },
		{ KW_INSERT, "INSERT" }, { KW_SELECT, "SELECT" },
		{ KW_UPDATE, "UPDATE" },
	};
	const struct token *t = p->t;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *text = words[i].text;

		if (!parse_accept(p, (enum token_kind)words[i].word))
			continue;
		if (i == 0 && parse_accept(p, KW_BRANCH))
			text = "CREATE BRANCH";
		parse_push(p, l, parse_make_ident(p, text, false, t));
		return true;
	}
	parse_push(p, l, parse_ident(p));
	return false;
}

/* The privileges or roles; a first privilege's token in *word. */
static void
parse_privileges(struct parser *p, struct grant_node *n,
    const struct token **word)
{
	*word = NULL;
	if (parse_at(p, KW_ALL) && parse_peek(p, 1) == KW_PRIVILEGES) {
		p->t += 2;
		n->all = true;
		return;
	}
	do {
		const struct token *t = p->t;

		if (parse_privilege(p, &n->names) && *word == NULL)
			*word = t;
	} while (parse_accept(p, ','));
}

static void
parse_grantees(struct parser *p, struct grant_node *n)
{
	do
		parse_push(p, &n->grantees, parse_principal(p, false));
	while (parse_accept(p, ','));
}

/* [GRANTED BY grantor] [IN catalog] */
static void
parse_granted_by(struct parser *p, struct grant_node *n)
{
	if (parse_accept(p, KW_GRANTED)) {
		parse_expect(p, KW_BY);
		n->grantor = parse_principal(p, true);
	}
	if (parse_accept(p, KW_IN))
		n->catalog = parse_ident(p);
}

static void
check_roles(struct parser *p, const struct token *word)
{
	if (word != NULL)
		parse_fail(p, word,
		    "May not use a privilege name as a role name");
}

/* GRANT and DENY */
struct node *
parse_grant(struct parser *p)
{
	struct grant_node *n = parse_new(p, GRANT, grant);
	const struct token *word;
	bool roles;

	n->verb = parse_next(p)->kind == KW_DENY ? GRANT_DENY : GRANT_GRANT;
	parse_privileges(p, n, &word);
	roles = !n->all && n->verb == GRANT_GRANT && parse_at(p, KW_TO);
	if (!roles) {
		parse_expect(p, KW_ON);
		n->object = (struct grant_object_node *)
		    parse_grant_object(p);
	}
	parse_expect(p, KW_TO);
	if (roles)
		parse_grantees(p, n);
	else
		parse_push(p, &n->grantees, parse_principal(p, false));
	if (n->verb == GRANT_GRANT && parse_accept(p, KW_WITH)) {
		parse_expect(p, roles ? KW_ADMIN : KW_GRANT);
		parse_expect(p, KW_OPTION);
		n->option = true;
	}
	if (roles) {
		parse_granted_by(p, n);
		check_roles(p, word);
	}
	return parse_end(p, n);
}

struct node *
parse_revoke(struct parser *p)
{
	struct grant_node *n = parse_new(p, GRANT, grant);
	enum token_kind option = 0;
	const struct token *word;

	n->verb = GRANT_REVOKE;
	p->t++;
	parse_at(p, KW_ADMIN);
	parse_at(p, KW_GRANT);
	if ((p->t->kind == KW_ADMIN || p->t->kind == KW_GRANT)
	    && parse_peek(p, 1) == KW_OPTION) {
		option = (enum token_kind)p->t->kind;
		p->t += 2;
		parse_expect(p, KW_FOR);
		n->option = true;
	}
	parse_privileges(p, n, &word);
	if (!n->all && option != KW_GRANT && parse_at(p, KW_FROM)) {
		p->t++;
		parse_grantees(p, n);
		parse_granted_by(p, n);
		check_roles(p, word);
		return parse_end(p, n);
	}
	if (option == KW_ADMIN)
		parse_expect(p, KW_FROM);
	parse_expect(p, KW_ON);
	n->object = (struct grant_object_node *)parse_grant_object(p);
	parse_expect(p, KW_FROM);
	parse_push(p, &n->grantees, parse_principal(p, false));
	return parse_end(p, n);
}
