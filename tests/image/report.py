#!/usr/bin/env python3
# report.py - what a report.html is, asked of the file itself. Usage: report.py REPORT CASE_DB ROWS_MOST
import base64
import hashlib
import html.parser
import re
import sqlite3
import sys

page = open(sys.argv[1], encoding="utf-8", newline="").read()
db = sqlite3.connect("file:%s?mode=ro" % sys.argv[2], uri=True)
most = int(sys.argv[3])
bad = 0


def check(good, what):
    global bad
    if not good:
        bad += 1
        print("report:", what)


class Page(html.parser.HTMLParser):
    """Tags, ids, links, attributes and the text of style and script elements."""

    void = {"meta", "link", "br", "input", "img", "hr"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.ids, self.links, self.attributes, self.open, self.words = [], [], [], [], []
        self.held = {"style": [], "script": []}
        self.tags, self.text, self.order, self.labels = {}, [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        if tag in self.held:
            self.held[tag].append("")
        if tag not in self.void and not self.get_starttag_text().endswith("/>"):
            self.open.append(tag)
        for name, value in attributes:
            self.attributes.append((tag, name, value or ""))
            if name == "id":
                self.ids.append(value)
                if tag == "section":
                    self.order.append(value)
            elif name == "href":
                self.links.append((tag, value))
            elif name in ("aria-labelledby", "aria-describedby", "for"):
                self.labels += value.split()

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        check(self.open and self.open[-1] == tag, "%s ends where %s is open" % (tag, self.open[-1:]))
        if self.open:
            self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] in self.held:
            self.held[self.open[-1]][-1] += data
        else:
            self.text.append(data)


p = Page()
p.feed(page)
p.close()
text = "".join(p.text)
check(not p.open, "never closed: %s" % p.open)

# ---- what the browser may do ----
policy = next((v for t, n, v in p.attributes if t == "meta" and n == "content" and "default-src" in v), "")
rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
check(rules.get("default-src") == "'none'", "anything may be loaded: %s" % policy)
check("unsafe" not in policy and "*" not in policy and "http" not in policy, "a weak policy: %s" % policy)


def digest(held):
    return "'sha256-%s'" % base64.b64encode(hashlib.sha256(held.encode()).digest()).decode()


for tag in ("style", "script"):
    check({digest(h) for h in p.held[tag]} == set(rules.get(tag + "-src", "").split()), "the hashes of %s are others" % tag)
check(page.index("Content-Security-Policy") < page.index("<style"), "the policy comes too late")
for tag, name, value in p.attributes:
    check(not name.startswith("on") and name not in ("style", "src", "srcset", "action", "srcdoc", "ping", "background"),
          "<%s %s=%s>" % (tag, name, value[:60]))
for tag, value in p.links:
    check(value.startswith("#") or (tag == "link" and value == "data:,"), "<%s> leads away: %s" % (tag, value[:60]))
check(not re.search(r"url\((?!#)|@import|src:", "".join(p.held["style"])), "the style loads something")
check(not {"iframe", "object", "embed", "base", "img", "video", "audio"} & set(p.tags), "an element that loads something")

# ---- what leads where ----
check(len(p.ids) == len(set(p.ids)), "an id twice: %s" % sorted(i for i in set(p.ids) if p.ids.count(i) > 1)[:5])
known = set(p.ids)
for tag, value in p.links:
    if tag == "a":
        check(value[1:] in known, "a link to nothing: %s" % value[:60])
for label in p.labels:
    check(label in known, "called after nothing: %s" % label)
for pattern in re.findall(r"url\(#([^)]*)\)", page):
    check(pattern in known, "drawn with nothing: %s" % pattern)

# ---- the chapters, and what stands before what ----
wanted = ["verdict", "patched", "limitations", "calendar", "timeline", "chain", "matrix", "findings", "people", "builds", "host", "evidence",
          "method", "glossary", "certificate"]
check(p.order == wanted, "the chapters are %s" % p.order)

# ---- the findings ----
rows = db.execute("SELECT evidence, finding, level FROM v_findings").fetchall()
in_case = {"f%d-%s" % (e or 0, f) for e, f, _ in rows}
shown = [i for i in p.ids if re.fullmatch(r"f\d+-[0-9a-f]+", i)]
check(set(shown) <= in_case, "findings that the case does not have")
check(len(shown) == min(len(rows), most), "%d findings of %d are shown" % (len(shown), len(rows)))
order = ["info", "low", "medium", "high", "critical"]
grave = {"f%d-%s" % (e or 0, f): order.index(l) for e, f, l in rows}
levels = [grave[i] for i in shown]
check(levels == sorted(levels, reverse=True), "not the gravest first")
if len(rows) > most:
    check("{:,} further findings".format(len(rows) - most) in text, "what is left out is not counted")
if shown:
    check(text.count("See it yourself") == len(shown), "a finding without its command")

# ---- what the case says is what the page says ----
for question, verdict in db.execute("SELECT question, verdict FROM v_verdict"):
    check(verdict in text and (question == "overall" or question in text), "the answer to %s is not there" % question)
check(hashlib.sha256(open(sys.argv[2], "rb").read()).hexdigest() in text, "the hash of the case is not there")
for digest_of_profile, in db.execute("SELECT value FROM setting WHERE key = 'profile_sha256'"):
    check(digest_of_profile in text, "the hash of the profile is not there")

# ---- nothing acts, nothing hides ----
hidden = re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", page)
check(not hidden, "a character that is not seen: %r" % (hidden and page[hidden.start() - 40:hidden.end() + 40]))
check(not re.search("<img|<svg on|<script>[^\n/]", page), "a tag that is none of ours")

# ---- who cannot see, or has no mouse ----
check(p.tags.get("main") == 1 and p.tags.get("nav") == 1 and p.tags.get("h1") == 1 and p.tags.get("header") == 1, "landmarks")
check(p.links and p.links[1][1] == "#verdict", "no link to skip what comes first")
check(p.tags.get("caption") == p.tags.get("table"), "a table without a caption")
check(('html', 'lang', 'en') in p.attributes, "no language")
sys.exit(bad > 0)
