/* accounts.c - whose passwords are to be taken for stolen, and whose mail for read: used from where findings lead to. */
#include "ask.h"
#include "verb.h"

static int
run(const struct request *request)
{
	static const char *const columns[] = { "evidence", "account",  "mailbox",  "protocol", "address",
					       "first",	   "last",     "requests", "successes", "failures",
					       "source",   "why",      NULL };

	return ask_view(request, "v_accounts", columns);
}

const struct verb accounts_verb = {
	.name = "accounts",
	.operands = "CASE",
	.summary = "accounts and mailboxes that were used from where findings lead to",
	.description = "One row for each account or mailbox, address, program, protocol and kind of log: requests that came "
		       "from an address, or were made by a program, that a finding of level high or critical names, and "
		       "from addresses that many passwords were tried from. 'successes' are requests that were answered "
		       "to the account (2xx or 3xx), 'failures' wrong passwords; 'why' has the findings.\n\n"
		       "The same request can stand in the logs of IIS, HttpProxy and EWS: counts are never to be added up "
		       "over 'source'. Health mailboxes, probes and the server itself are left out.",
	.options = "zone path limit json",
	.least = 1,
	.most = 1,
	.run = run,
};
