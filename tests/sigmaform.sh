#!/bin/sh
# sigmaform.sh - the shipped Sigma rules are written as the specification of Sigma 2.1 wants them, read by a YAML parser
# that is not ours: what another tool would refuse or misread is found here.
set -u
profiles=${POSTMORTEM_PROFILES:-profiles}
python3 -c 'import yaml' 2>/dev/null || exit 77
exec python3 - "$profiles" <<'PYTHON'
import glob, os, re, sys
import yaml

LEVELS = "informational low medium high critical".split()
STATUS = "stable test experimental deprecated unsupported".split()
TACTICS = """reconnaissance resource-development initial-access execution persistence privilege-escalation defense-evasion
credential-access discovery lateral-movement collection command-and-control exfiltration impact""".split()
MODIFIERS = "all cased cidr contains endswith exists fieldref gt gte i lt lte m neq re s startswith windash".split()
KEYS = """title id related name taxonomy status description license references author date modified logsource detection
fields falsepositives level tags scope""".split()


class Loader(yaml.SafeLoader):
    """Dates are texts, and no key stands twice."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError("%s stands twice" % key)
        return super().construct_mapping(node, deep)


Loader.yaml_implicit_resolvers = {
    first: [(tag, how) for tag, how in list if "timestamp" not in tag]
    for first, list in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def values(search):
    """The values of a search, each with its key."""
    if isinstance(search, dict):
        for key, value in search.items():
            for one in value if isinstance(value, list) else [value]:
                yield key, one
    else:
        for one in search:
            if isinstance(one, dict):
                yield from values(one)
            else:
                yield "", one


def searches(rule):
    for name, search in rule["detection"].items():
        if name == "condition":
            continue
        if not isinstance(search, (dict, list)) or not search:
            yield "%s is neither a list nor a map" % name
            continue
        for key, value in values(search):
            for modifier in key.split("|")[1:]:
                if modifier not in MODIFIERS:
                    yield "unknown modifier %s" % modifier
            if value is not None and type(value) not in (str, int):
                yield "%s: %r is no text and no number" % (key, value)
            if "|re" in key:
                re.compile(value)
            elif isinstance(value, str) and re.search(r"(?<!\\)\?", value):
                yield "%s: a ? that is not escaped in %s stands for any character" % (key, value)


def condition(rule):
    """Every name in it is a search, and every search is in it."""
    names = [name for name in rule["detection"] if name != "condition"]
    used = set()
    for word in re.findall(r"[\w*]+", rule["detection"]["condition"]):
        if word in ("and", "or", "not", "of", "all", "1", "them"):
            continue
        fits = [name for name in names if re.fullmatch(word.replace("*", ".*"), name)]
        if not fits:
            yield "the condition asks for %s, which is not there" % word
        used.update(fits)
    for name in names:
        if name not in used:
            yield "nothing asks for %s" % name


def rule_faults(rule, path):
    for key in "title id status description references author date tags logsource detection falsepositives level".split():
        if not rule.get(key):
            yield "no %s" % key
            return
    name = os.path.basename(path)
    if not re.fullmatch(r"[a-z0-9_]{6,66}\.yml", name):
        yield "the name is not 10 to 70 small letters, digits and _"
    if set(rule) - set(KEYS):
        yield "unknown keys"
    if not re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", rule["id"]):
        yield "the id is no random UUID"
    if len(rule["title"]) > 120 or rule["title"].endswith("."):
        yield "the title is no title"
    if rule["status"] not in STATUS or rule["level"] not in LEVELS:
        yield "unknown status or level"
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", rule["date"]):
        yield "the date is no date"
    for key in "references tags fields falsepositives".split():
        list = rule.get(key, [])
        if len(set(list)) != len(list) or not all(isinstance(one, str) and len(one) > 1 for one in list):
            yield "%s: not texts, each once" % key
    if not all(one.startswith("https://") for one in rule["references"]):
        yield "a reference is no address"
    for tag in rule["tags"]:
        if not re.fullmatch(r"[a-z0-9_-]+\.[a-z0-9._-]+", tag):
            yield "tag %s" % tag
        if tag.startswith("attack.") and tag[7:] not in TACTICS and not re.fullmatch(r"t\d{4}(\.\d{3})?", tag[7:]):
            yield "tag %s names no tactic and no technique" % tag
    if not set(rule["logsource"]) <= {"category", "product", "service", "definition"}:
        yield "unknown keys of logsource"
    if any(one != one.lower() or " " in one for one in rule["logsource"].values()):
        yield "logsource is not in small letters"
    yield from searches(rule)
    yield from condition(rule)


bad, seen = 0, {}
files = sorted(glob.glob(os.path.join(sys.argv[1], "*", "sigma", "**", "*.yml"), recursive=True))
for path in files:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            text = file.read()
        rule = yaml.load(text, Loader)
        faults = list(rule_faults(rule, path))
        if "\r" in text or "\t" in text or any(len(line) > 200 for line in text.split("\n")):
            faults.append("tabs, CR or long lines")
        if seen.setdefault(rule.get("id"), path) != path or seen.setdefault(rule.get("title"), path) != path:
            faults.append("id or title of another rule")
    except (yaml.YAMLError, re.error, ValueError) as error:
        faults = [str(error)]
    for fault in faults:
        bad = 1
        print("%s: %s" % (path, fault))
print("%d rules" % len(files))
sys.exit(bad if files else 1)
PYTHON
