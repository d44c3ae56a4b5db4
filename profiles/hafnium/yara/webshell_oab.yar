/*
  What CVE-2021-27065 writes: the text dump of a virtual directory ("Label   : value",
  label padded to 32 columns) whose URL carries a server-side script. The dump
  itself is made by Exchange; the script in the URL is the attack.
  In a pattern, [q] is the letter q: libyara searches for the best four bytes without a
  class, so brackets steer it away from bytes that every page and script is full of.
*/

private rule wso_dump
{
    meta:
        description = "Text dump of an Exchange virtual directory: its padded labels, at least four of them"
        author = "postmortem"
    strings:
        $a1 = /PollInterval {4,24}: / ascii wide
        $a2 = /OfflineAddressBooks {2,20}: / ascii wide
        $a3 = /MetabasePath {4,24}: {1,2}IIS:\/\// nocase ascii wide
        $a4 = /ExtendedProtectionTokenChecking {1,4}: / ascii wide
        $a5 = /InternalAuthenticationMethods {1,6}: / ascii wide
        $a6 = /ExternalAuthenticationMethods {1,6}: / ascii wide
        $a7 = /AdminDisplayVersion {4,18}: / ascii wide
        $a8 = "msExchVirtualDirectory" ascii wide
        $a9 = /OriginatingServer {4,20}: / ascii wide
        $a10 = /WhenChangedUTC {6,24}: / ascii wide
        $a11 = "msExchOABVirtualDirectory" ascii wide
        $a12 = /BasicAuthentication {4,20}: / ascii wide
    condition:
        filesize < 200KB and 4 of them
}

rule webshell_oab_url_with_script
{
    meta:
        description = "A virtual directory URL that contains a server-side script: the configuration value that the attack sets and then saves as a page"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        cve = "CVE-2021-27065"
        benign = "None: a script tag has no place in a URL setting"
        reference = "CISA AR21-084A; signature-base; HelseCERT; OTRF"
    strings:
        $a = /(Int[e]rn[a]lUrl|Ext[e]rn[a]lUrl)\s*[:=]?\s*['"]{0,2}https?:\/\/[^\s<]{0,64}<(script|%)/ nocase ascii wide
    condition:
        filesize < 2MB and $a
}

rule webshell_oab_dump_with_script
{
    meta:
        description = "Saved dump of a virtual directory that holds server-side code"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        cve = "CVE-2021-27065"
        benign = "None known"
        reference = "CISA AR21-084A; Microsoft HAFNIUM report"
    strings:
        $s1 = /runat\s*=/ nocase ascii wide
        $s2 = /<script[\s>]/ nocase ascii wide
        $s3 = "Page_Load" nocase ascii wide
        $s4 = /<%\s*(e[v]al|@|e[x]ec|p[a]ge|r[e]sp[o]nse)/ nocase ascii wide
        $s5 = /var _0x[0-9a-f]{2,8}/ ascii wide
        $s6 = /streamwriter\s*\(\s*request/ nocase ascii wide
    condition:
        wso_dump and any of them
}

rule webshell_oab_dump_saved
{
    meta:
        description = "Saved dump of an offline address book virtual directory without code in it"
        author = "postmortem"
        level = "medium"
        stage = "execution"
        technique = "T1190"
        cve = "CVE-2021-27065"
        benign = "An administrator who reset the virtual directory and chose this file; under a web folder or as .aspx it is the trace of an attack, whose script may have been cleaned"
        reference = "CISA AR21-084A; postmortem"
    strings:
        $o = "msExchOABVirtualDirectory" ascii wide
        $r = /^N[a]me   {18,30}: / ascii wide
        $r2 = /\nN[a]me   {18,30}: / ascii wide
        $s1 = /runat\s*=/ nocase ascii wide
        $s2 = /<script[\s>]/ nocase ascii wide
    condition:
        wso_dump and $o and ($r or $r2) and not $s1 and not $s2
}

rule webshell_oab_hidden_script
{
    meta:
        description = "Short file with a server-side script in which a scrambled word table hides the unsafe evaluation"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        cve = "CVE-2021-27065"
        benign = "Minified client scripts use such names but neither the switch nor a server-side tag"
        reference = "signature-base"
    strings:
        $v = /var\s+_0x[0-9a-f]{2,8}\s*=\s*\[/ ascii wide
        $u1 = /['"]unsafe['"]/ nocase ascii wide
        $u2 = /\\x75\\x6e\\x73\\x61\\x66\\x65/ nocase ascii wide
        $u3 = /\\x52\\x65\\x71\\x75\\x65\\x73\\x74/ nocase ascii wide
        $r = /runat\s*=\s*["']?server/ nocase ascii wide
        $e = /\beval\s*\(/ nocase ascii wide
    condition:
        filesize < 50KB and $v and (any of ($u*) or ($r and $e))
}

rule webshell_page_load_eval
{
    meta:
        description = "Server-side page load function whose whole body evaluates a request value"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        cve = "CVE-2021-27065"
        benign = "Texts about the attack and definitions of security products"
        reference = "signature-base; CISA AR21-084A"
    strings:
        $a = /Page_Load\s*\(\s*\)\s*\{.{0,64}eval\s*\(\s*(System\.Text\.|Request|Convert|unescape)/ nocase ascii wide
        $y = /rule\s+\w{3,80}[\s:\w]{0,80}\{\s*meta:/ ascii
    condition:
        filesize < 1MB and $a and not $y
}
