/* html_draw.c - hatchings and what they stand for, drawn once for all pictures of the page. */
#include "html.h"

/* Lines across a tile of six units: what is not there must look unlike what is there in black and white, too. */
static void
put_hatch(struct page *p, const char *id, const char *ground, const char *line, const char *class, const char *path)
{
	putf(p,
	     "<pattern id=\"%s\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect class=\"%s-g\" "
	     "width=\"6\" height=\"6\" fill=\"%s\"/>"
	     "<path class=\"%s-l\" d=\"%s\" stroke=\"%s\" stroke-width=\"1.1\" fill=\"none\"/></pattern>\n",
	     id, class, ground, class, path, line);
}

void
put_patterns(struct page *p)
{
	static const char rising[] = "M-1 7L7 -1M-1 1L1 -1M5 7L7 5", falling[] = "M-1 -1L7 7M-1 5L1 7M5 -1L7 1";

	if (p->print)
		return;
	put(p, "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\" focusable=\"false\"><defs>\n");
	put_hatch(p, "h-absent", "#f7e3df", "#b4493a", "ha", rising);
	put_hatch(p, "h-hole", "#f0c9c0", "#8c2f2f", "hh", "M-1 7L7 -1M-1 1L1 -1M5 7L7 5M-1 -1L7 7M-1 5L1 7M5 -1L7 1");
	put_hatch(p, "h-rotated", "#e3e9f0", "#5b7796", "hr", falling);
	put_hatch(p, "h-quiet", "#eef3ea", "#86a07a", "hq", "M0 3H6");
	put_hatch(p, "h-dark", "none", "#9a9da1", "hd", rising);
	put(p, "</defs></svg>\n");
}

/* How far the lines of a hatching stand apart on paper, and their colour. */
static const struct ruling {
	const char *fill, *line;
	int step;
} rulings[] = {
	{ "url(#h-absent)", "#b4493a", 50 }, { "url(#h-hole)", "#8c2f2f", 22 }, { "url(#h-rotated)", "#5b7796", 90 },
	{ "url(#h-quiet)", "#a9bda0", 200 }, { "url(#h-dark)", "#b5b8bb", 70 },
};

void
put_area(struct page *p, const char *class, const char *fill, const struct area *area)
{
	const struct ruling *ruling = NULL;

	for (size_t i = 0; p->print && i < sizeof(rulings) / sizeof(rulings[0]); i++)
		if (!strcmp(rulings[i].fill, fill))
			ruling = &rulings[i];
	putf(p, "<rect class=\"%s\" fill=\"%s\" x=\"%d.%d\" y=\"%d\" width=\"%d.%d\" height=\"%d\">", class,
	     ruling ? "none" : fill, area->x / 10, area->x % 10, area->y, area->wide / 10, area->wide % 10, area->high);
	if (!ruling)
		return;
	putf(p, "</rect><path fill=\"none\" stroke-width=\"0.7\" stroke=\"%s\" d=\"", ruling->line);
	for (int x = area->x + 10; x < area->x + area->wide; x += ruling->step)
		putf(p, "M%d.%d %dv%d", x / 10, x % 10, area->y, area->high);
	put(p, "\"/><rect fill=\"none\">");
}
