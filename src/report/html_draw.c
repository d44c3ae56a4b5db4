/* html_draw.c - hatchings and what they stand for, drawn once for all pictures of the page. */
#include "html.h"

/* Lines across a tile of six units: what is not there must look unlike what is there in black and white, too. */
static void
put_hatch(struct page *p, const char *id, const char *ground, const char *line, const char *class, const char *path)
{
	putf(p,
	     "<pattern id=\"%s\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect class=\"%s-g\" width=\"6\" height=\"6\" fill=\"%s\"/>"
	     "<path class=\"%s-l\" d=\"%s\" stroke=\"%s\" stroke-width=\"1.1\" fill=\"none\"/></pattern>\n",
	     id, class, ground, class, path, line);
}

void
put_patterns(struct page *p)
{
	static const char rising[] = "M-1 7L7 -1M-1 1L1 -1M5 7L7 5", falling[] = "M-1 -1L7 7M-1 5L1 7M5 -1L7 1";

	put(p, "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\" focusable=\"false\"><defs>\n");
	put_hatch(p, "h-absent", "#f7e3df", "#b4493a", "ha", rising);
	put_hatch(p, "h-hole", "#f0c9c0", "#8c2f2f", "hh", "M-1 7L7 -1M-1 1L1 -1M5 7L7 5M-1 -1L7 7M-1 5L1 7M5 -1L7 1");
	put_hatch(p, "h-rotated", "#e3e9f0", "#5b7796", "hr", falling);
	put_hatch(p, "h-quiet", "#eef3ea", "#86a07a", "hq", "M0 3H6");
	put_hatch(p, "h-dark", "none", "#9a9da1", "hd", rising);
	put(p, "</defs></svg>\n");
}
