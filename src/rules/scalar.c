/* scalar.c - addresses in networks, numbers, and the parts of a time, read from the text of a field. */
#include <arpa/inet.h>
#include <time.h>

#include "filetime.h"
#include "own.h"

enum { V4_BITS = 96, ADDRESS_TEXT = 64 };

/* "10.0.0.1", "fe80::1%4" or "[::1]" as 16 bytes; IPv4 as ::ffff:10.0.0.1. */
static bool
address_parse(struct view text, uint8_t ret[static 16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, 0xff };
	const uint8_t *zone;
	char s[ADDRESS_TEXT];

	if (text.n > 2 && text.p[0] == '[' && text.p[text.n - 1] == ']')
		text = view_part(text, 1, text.n - 2);
	zone = text.n ? memchr(text.p, '%', text.n) : NULL;
	if (zone)
		text.n = (size_t)(zone - text.p);
	if (!text.n || text.n >= sizeof(s) || memchr(text.p, 0, text.n))
		return false;
	memcpy(s, text.p, text.n);
	s[text.n] = 0;
	memcpy(ret, mapped, sizeof(mapped));
	return inet_pton(AF_INET, s, ret + sizeof(mapped)) == 1 || inet_pton(AF_INET6, s, ret) == 1;
}

/* At most three digits. */
static bool
small_number(struct view text, unsigned *ret)
{
	unsigned n = 0;

	if (!text.n || text.n > 3)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		n = n * 10 + (text.p[i] - '0');
	}
	*ret = n;
	return true;
}

/* Without "/bits" it is one address. */
bool
network_parse(struct view text, struct network *ret)
{
	const uint8_t *slash = text.n ? memchr(text.p, '/', text.n) : NULL;
	struct view address = slash ? view_of(text.p, (size_t)(slash - text.p)) : text;
	unsigned most, bits;

	if (!address_parse(address, ret->address))
		return false;
	most = memchr(address.p, ':', address.n) ? 128 : 32;
	bits = most;
	if (slash && (!small_number(view_from(text, address.n + 1), &bits) || bits > most))
		return false;
	ret->bits = most == 32 ? bits + V4_BITS : bits;
	return true;
}

bool
network_has(const struct network *net, struct view address)
{
	uint8_t bytes[16];
	unsigned whole = net->bits / 8, rest = net->bits % 8;

	if (!address_parse(address, bytes) || memcmp(bytes, net->address, whole) != 0)
		return false;
	return !rest || !((bytes[whole] ^ net->address[whole]) >> (8 - rest));
}

/* Decimal, with a sign and a fraction; the locale of the host has no say in it. */
bool
number_parse(struct view text, double *ret)
{
	bool minus = text.n && text.p[0] == '-', digits = false;
	double n = 0, place = 1;
	size_t i = text.n && (minus || text.p[0] == '+');

	for (; i < text.n && text.p[i] >= '0' && text.p[i] <= '9'; i++, digits = true)
		n = n * 10 + (text.p[i] - '0');
	if (i < text.n && text.p[i] == '.')
		for (i++; i < text.n && text.p[i] >= '0' && text.p[i] <= '9'; i++, digits = true)
			n += (text.p[i] - '0') * (place /= 10);
	*ret = minus ? -n : n;
	return digits && i == text.n;
}

bool
time_part(struct view text, enum time_part part, double *ret)
{
	uint64_t ticks;
	struct tm tm;
	time_t t;
	char week[8];

	if (filetime_parse(text, &ticks) < 0)
		return false;
	t = (time_t)filetime_to_unix(ticks);
	if (!gmtime_r(&t, &tm))
		return false;
	switch (part) {
	case PART_MINUTE:
		*ret = tm.tm_min;
		break;
	case PART_HOUR:
		*ret = tm.tm_hour;
		break;
	case PART_DAY:
		*ret = tm.tm_mday;
		break;
	case PART_WEEK:
		strftime(week, sizeof(week), "%V", &tm); /* ISO 8601 */
		*ret = (week[0] - '0') * 10 + (week[1] - '0');
		break;
	case PART_MONTH:
		*ret = tm.tm_mon + 1;
		break;
	default:
		*ret = tm.tm_year + 1900;
	}
	return true;
}
