/* trail_write.c - what the second scan came to: the use of pages that findings name, and the accounts. */
#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "filetime.h"
#include "trail_own.h"

static int
no_memory(int r)
{
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for what findings lead to") : r;
}

/* ---- a finding at a line ---- */

/* The first bytes of the line, read once more. */
static int
read_excerpt(const struct exam *exam, const struct candidate *c, const struct line_place *place, uint8_t *ret, size_t *ret_n)
{
	CLEANUP(source_close) struct source *stream = NULL;
	ssize_t n = 0;
	int r = stream_open(exam->volumes[c->volume].ntfs, c->entry, c->attribute, NULL, &stream);

	*ret_n = 0;
	if (r == 0)
		n = source_read(stream, place->offset, ret, place->length < EXCERPT_MAX ? place->length : EXCERPT_MAX);
	if (r == -ENOMEM || n == -ENOMEM)
		return -ENOMEM;
	*ret_n = n > 0 ? (size_t)n : 0;
	return 0;
}

int
trail_finding(struct exam *exam, const struct trail *trail, const struct line_place *place, uint64_t when,
	      enum own_rule rule, enum level level, const char *basis, char ret_id[static 17])
{
	const struct candidate *c = trail->logs.at[place->log].candidate;
	bool deleted = !(c->flags & FILE_ALLOCATED);
	struct place at = { .volume = c->volume, .file = c->file, .when = when, .entry = c->entry, .bytes = true,
			    .attribute = c->attribute, .path = c->path, .stream = c->stream,
			    .packed = c->flags & FILE_PACKED };
	struct mark mark = { .rule = own_rule(rule), .offset = place->offset, .length = place->length };
	CLEANUP(text_free) struct text words = { 0 }, id = { 0 };
	uint8_t excerpt[EXCERPT_MAX];
	int r = read_excerpt(exam, c, place, excerpt, &mark.excerpt.n);

	mark.excerpt.p = excerpt;
	if (r == 0)
		r = text_printf(&words, "%s%s", basis, deleted ? "; the log is deleted" : "");
	mark.basis = text_view(&words);
	if (r == 0)
		r = finding_id(exam, &at, &mark, &id);
	if (r < 0)
		return no_memory(r);
	memcpy(ret_id, id.s, 17);
	return finding_write(exam, &at, &mark, deleted && level > LEVEL_MEDIUM ? LEVEL_MEDIUM : level);
}

/* ---- pages ---- */

static int
add_visitors(const struct usage *usage, struct text *basis)
{
	int r = text_printf(basis, ", by %s%zu address%s:", usage->more_visitors ? "more than " : "", usage->visitors.n,
			    usage->visitors.n == 1 ? "" : "es");

	for (size_t i = 0; i < usage->visitors.n && r == 0; i++)
		r = text_printf(basis, " %s%s", usage->visitors.at[i],
				address_loopback(view_text(usage->visitors.at[i]))  ? " (the server itself)"
				: address_private(view_text(usage->visitors.at[i])) ? " (private)"
										    : "");
	return r;
}

static int
compose_use(const struct term *term, const struct yield *yield, struct text *basis)
{
	const struct usage *usage = yield_usage(yield);
	char first[FILETIME_TEXT], last[FILETIME_TEXT];
	int r = text_printf(basis, "%s was asked for %" PRIu64 " time%s and delivered %" PRIu64 " time%s, %" PRIu64
				   " of them with POST, from %s to %s",
			    term->text, usage->requests, usage->requests == 1 ? "" : "s", usage->delivered,
			    usage->delivered == 1 ? "" : "s", usage->posted, filetime_text(usage->first, first),
			    filetime_text(usage->last, last));

	if (r == 0)
		r = add_visitors(usage, basis);
	if (r == 0 && usage->bytes)
		r = text_printf(basis, "; the largest answer has %" PRIu64 " bytes", usage->bytes);
	if (r == 0)
		r = text_printf(basis, "; counted in %s logs alone; the page is named by ",
				yield->usage[0].requests ? "IIS" : "Exchange's");
	if (r == 0)
		r = term_findings(term, basis);
	if (r == 0 && term->tail)
		r = text_adds(basis, "; the root of its site is not known: requests for any end of this path count");
	return r;
}

int
trail_uses(struct exam *exam, const struct trail *trail, const struct harvest *all)
{
	const struct term *list;
	size_t n = terms_list(all->terms, &list);
	char id[17];
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		const struct usage *usage = yield_usage(&all->yields[i]);
		CLEANUP(text_free) struct text basis = { 0 };

		if (list[i].kind != TERM_PAGE || !usage->delivered || harvest_common(all, (uint32_t)i))
			continue;
		r = no_memory(compose_use(&list[i], &all->yields[i], &basis));
		if (r == 0)
			r = trail_finding(exam, trail, &usage->place, usage->first,
					  name_is_served(list[i].text) ? OWN_PAGE_USED : OWN_FILE_FETCHED,
					  list[i].file ? LEVEL_HIGH : LEVEL_MEDIUM, basis.s, id);
	}
	return r;
}

/* ---- accounts ---- */

struct crowd {
	const char *account; /* the last one that was counted */
	uint64_t accounts;
};

static const struct guesser *
guesser_of(const struct guesser *guessers, size_t n, uint32_t term)
{
	for (size_t i = 0; i < n; i++)
		if (term != UINT32_MAX && guessers[i].term == term && guessers[i].id[0])
			return &guessers[i];
	return NULL;
}

/* Why an account is told: the findings that name the address or the program, with a word before each. */
static int
compose_why(const struct harvest *all, const struct signin *row, const struct guesser *guesser, struct text *why)
{
	const struct term *list;
	size_t n = terms_list(all->terms, &list);
	int r = 0;

	if (row->address_term < n && list[row->address_term].findings) {
		r = text_adds(why, "address: ");
		if (r == 0)
			r = term_findings(&list[row->address_term], why);
	}
	if (r == 0 && guesser)
		r = text_printf(why, "%spasswords: %s", why->n ? "; " : "", guesser->id);
	if (r == 0 && row->agent_term < n && !harvest_common(all, row->agent_term)) {
		r = text_printf(why, "%sprogram: ", why->n ? "; " : "");
		if (r == 0)
			r = term_findings(&list[row->agent_term], why);
	}
	return r;
}

static int
write_account(struct exam *exam, const struct signin *row, const char *why)
{
	char name[SIGNIN_TEXT_MAX];
	struct view address = view_text(row->address);

	account_name(view_text(row->account), name, sizeof(name));
	return case_account(exam->db, &(struct account_row){
					      .account = view_text(row->account),
					      .name = view_text(name),
					      .mailbox = view_text(row->mailbox),
					      .protocol = visit_protocol_name(row->protocol),
					      .source = row->kind->name,
					      .address = address,
					      .network = !address.n		     ? NULL
							 : address_private(address) ? "private"
										     : "public",
					      .agent = view_text(row->agent),
					      .first = row->first,
					      .last = row->last,
					      .requests = row->requests,
					      .successes = row->served,
					      .failures = row->wrong,
					      .why = why,
				      });
}

/* An address that so many accounts are served from is hardly one person's. */
static int
add_crowd(const struct crowd *crowd, uint32_t term, struct text *why)
{
	uint64_t n = term == UINT32_MAX ? 0 : crowd[term].accounts;

	return n < TRIES_SPRAY ? 0
			       : text_printf(why, "; %" PRIu64 " accounts are served from this address: a proxy, load balancer "
						  "or NAT?", n);
}

/* For each address, the accounts that are served from there. Rows are in order of account. */
static int
count_crowds(const struct harvest *all, const struct signin *const *rows, size_t n, struct crowd **ret_crowds)
{
	const struct term *list;
	struct crowd *crowds = calloc(terms_list(all->terms, &list) + 1, sizeof(*crowds));

	*ret_crowds = crowds;
	for (size_t i = 0; crowds && i < n; i++) {
		struct crowd *c = rows[i]->address_term == UINT32_MAX ? NULL : &crowds[rows[i]->address_term];

		if (!c || !rows[i]->served || (c->account && !strcmp(c->account, rows[i]->account)))
			continue;
		c->account = rows[i]->account;
		c->accounts++;
	}
	return crowds ? 0 : -ENOMEM;
}

int
trail_accounts(struct exam *exam, const struct harvest *all, const struct guesser *guessers, size_t n)
{
	const struct signin *const *rows;
	size_t row_count = signins_list(all->signins, &rows);
	CLEANUP(free) struct crowd *crowds = NULL;
	int r = no_memory(count_crowds(all, rows, row_count, &crowds));

	for (size_t i = 0; i < row_count && r == 0; i++) {
		const struct guesser *guesser = rows[i]->served ? guesser_of(guessers, n, rows[i]->address_term) : NULL;
		CLEANUP(text_free) struct text why = { 0 };

		r = compose_why(all, rows[i], guesser, &why);
		if (r == 0 && why.n)
			r = add_crowd(crowds, rows[i]->address_term, &why);
		r = no_memory(r);
		if (r == 0 && why.n)
			r = write_account(exam, rows[i], why.s);
	}
	return r;
}
