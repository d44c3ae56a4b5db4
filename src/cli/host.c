/* host.c - what a seized Windows says of itself in its registry: name, domain, version, zone, addresses, what starts. */
#include "ask.h"
#include "verb.h"

static int
run(const struct request *request)
{
	static const char *const columns[] = { "evidence", "host", "what", "name", "value", "time", "time_is", "note", NULL };
	static const char *const all[] = { "evidence", "host", "what", "name", "value", "time", "time_is", "deleted", "source", "key", "note", NULL };

	return request->all ? ask_view(request, "v_host", all) : ask_view(request, "v_host_main", columns);
}

const struct verb host_verb = {
	.name = "host",
	.operands = "CASE",
	.summary = "what Windows says of itself: name, domain, version, time zone, addresses, accounts, what starts",
	.description = "From the registry of each Windows, with what its transaction logs still had to write. Host is the folder of that "
		       "Windows. Time is that of the fact itself where time_is says 'told' (an installation, a logon), and otherwise "
		       "when the key was written last, which is when the youngest of its values changed, and not when this one did.\n\n"
		       "With --all also services with their libraries, settings, programs that Windows has seen, and what is left of "
		       "deleted keys, which is a lead and no proof.",
	.options = "all zone path limit json",
	.least = 1,
	.most = 1,
	.run = run,
};
