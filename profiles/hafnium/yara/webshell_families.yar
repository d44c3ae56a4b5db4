/*
  Named web shells and their close relatives, recognised by habits of the family
  rather than by one copy: how they pass commands, what they answer, what they look for.
  In a pattern, [q] is the letter q: libyara searches for the best four bytes without a
  class, so brackets steer it away from bytes that every page and script is full of.
*/

rule family_chopper_net
{
    meta:
        description = "Smallest ASP.NET form of China Chopper: one line that evaluates a named request value"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known"
        reference = "CISA AR21-084A; signature-base"
    strings:
        $a = /eval\s*\(\s*[R]e[q]u[e]st\s*(\.Item|\.Form|\.QueryString|\.Params|\.Cookies|\.Headers)?\s*[\[(]\s*["']{1,4}[^"'\r\n]{1,40}["']{1,4}\s*[\])]\s*[,)]/ nocase ascii wide
        $p = /runat\s*=/ nocase ascii wide
        $o = "<%" ascii wide
    condition:
        filesize < 100KB and $a and ($p or $o in (0..2047))
}

rule family_chopper_base64
{
    meta:
        description = "Very short page that decodes base64 and evaluates it"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known"
        reference = "signature-base"
    strings:
        $l = /language\s*=\s*["']?\s*(jscript|js|javascript|vbscript|vb)\b/ nocase ascii wide
        $b = "FromBase64String" nocase ascii wide
        $e = /\b(eval|execute|executeglobal)[\s(\/]/ nocase ascii wide
        $r = /runat\s*=/ nocase ascii wide
        $o = "<%" ascii wide
    condition:
        filesize < 4KB and $l and $b and $e and ($r or $o in (0..2047))
}

rule family_godzilla
{
    meta:
        description = "Godzilla: checks a password hash, keeps the decrypted payload in the session and frames its answer with halves of that hash"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known"
        reference = "postmortem"
    strings:
        $s = /session\s*[\[(]\s*"payload"/ nocase ascii wide
        $m1 = /md5\.substring\s*\(\s*0\s*,\s*16/ nocase ascii wide
        $m2 = /md5\.substring\s*\(\s*16\s*\)/ nocase ascii wide
        $l = /createinstance\s*\(\s*"LY"/ nocase ascii wide
        $k = /s[t]r[i]ng\s+(key|pass)\s*=\s*"[^"\r\n]{1,40}"\s*;/ nocase ascii wide
        $d = "CreateDecryptor" nocase ascii wide
        $h = "MD5CryptoServiceProvider" nocase ascii wide
    condition:
        filesize < 100KB and ($s or $l or all of ($m*)) and ($d or $h or $k)
}

rule family_behinder
{
    meta:
        description = "Behinder: decrypts the whole request body with a fixed sixteen-character key, loads it and hands it the page"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known"
        reference = "postmortem"
    strings:
        $b = /binaryread\s*\(\s*(context\.|this\.|page\.)?(request\.)?(contentlength|totalbytes)/ nocase ascii wide
        $i = "InputStream" nocase ascii wide
        $u = /c[r]e[a]teinstance\s*\(\s*["']\w{1,3}["']\s*\)/ nocase ascii wide
        $e = /\.equals\s*\(\s*(this|context|page|httpcontext)/ nocase ascii wide
        $d = "CreateDecryptor" nocase ascii wide
        $a1 = "execute" nocase ascii wide
        $a2 = /xor\s+asc\s*\(/ nocase ascii wide
        $a3 = /s[e]ss[i]on\s*\(\s*"k"/ nocase ascii wide
    condition:
        filesize < 100KB and
        ((($b or $i) and $d and ($u or $e)) or ($b and $e) or ($a1 and $a2 and ($b or $a3)))
}

rule family_antsword_commands
{
    meta:
        description = "Page that speaks the custom protocol of Chopper and AntSword: one letter selects the action, numbered parameters carry its data"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known"
        reference = "postmortem"
    strings:
        $z1 = "\"z1\"" nocase ascii wide
        $z2 = "\"z2\"" nocase ascii wide
        $z0 = "\"z0\"" nocase ascii wide
        $f1 = "\"->|\"" ascii wide
        $f2 = "\"|<-\"" ascii wide
        $c1 = /case\s+["']A["']/ nocase ascii wide
        $c2 = /case\s+["']M["']/ nocase ascii wide
        $r = "request" nocase ascii wide
    condition:
        filesize < 300KB and $r and (($f1 and $f2 and 1 of ($z*, $c*)) or (2 of ($z*) and 1 of ($c*)))
}

rule family_regeorg
{
    meta:
        description = "reGeorg and its successors: a page that carries a proxy connection in request headers"
        author = "postmortem"
        level = "critical"
        stage = "command-and-control"
        technique = "T1090.001"
        benign = "None known; public tool of testers and attackers"
        reference = "Volexity; CISA AA21-062A"
    strings:
        $g1 = "Georg says" nocase ascii wide
        $g2 = "StrTr" ascii wide
        $g3 = "[newData]" ascii wide
        $g4 = "killReDuh" ascii wide
        $h1 = /("x-|'x-)(cmd|target|port|status|error)["']/ nocase ascii wide
        $h2 = "Request.Headers.Get" nocase ascii wide
        $h3 = /querystring(\.get)?\s*[\[(]\s*"(cmd|target|port)"/ nocase ascii wide
        $s1 = /new\s+(system\.net\.sockets\.)?(socket|tcpclient)\s*\(/ nocase ascii wide
        $s2 = "IPAddress" nocase ascii wide
        $o = "<%" ascii wide
    condition:
        filesize < 200KB and
        (($g3 or $g4 or $g1) or ($s1 and ($g2 or #h1 > 1 or $h2 or #h3 > 1)) or ($g2 and $h2 and $s2)) and
        $o in (0..2047)
}

rule family_aspxspy
{
    meta:
        description = "ASPXSpy and its descendants: a control panel with file, process, registry, database and port-forwarding pages"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known"
        reference = "postmortem"
    strings:
        $n1 = "ASPXSpy" nocase ascii wide
        $n2 = "Bin_Button_" ascii wide
        $n3 = "rootkit.net.cn" nocase ascii wide
        $n4 = "IISSpy" nocase ascii wide
        $n5 = "PortMap" ascii wide
        $n6 = "zcg_" ascii wide
        $n7 = "Bin_List" ascii wide
        $n8 = "Serv-U" nocase ascii wide
        $o = "<%" ascii wide
    condition:
        filesize < 2MB and ($n1 or $n2 or $n3 or $n6 or 2 of ($n4, $n5, $n7, $n8)) and
        $o in (0..2047)
}

rule family_named_panels
{
    meta:
        description = "Page that calls itself a shell: the name of a known control panel stands in its text"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.003"
        benign = "Pages that quote these names, such as security training material"
        reference = "postmortem"
    strings:
        $n1 = "devilzShell" nocase ascii wide
        $n2 = "devilzc0de" nocase ascii wide
        $n3 = "ASPYDrv" nocase ascii wide
        $n4 = "NTDaddy" nocase ascii wide
        $n5 = "zehir" nocase fullword ascii wide
        $n6 = "elmaliseker" nocase ascii wide
        $n7 = "EFSO_" nocase ascii wide
        $n8 = "RHTOOLS" nocase ascii wide
        $n9 = "icesword" nocase fullword ascii wide
        $n10 = /\bcmd\.?asp(x)?\s+(sh[e]ll|e[x]ec|co[n]sole)/ nocase ascii wide
        $n11 = "Web Shell" nocase fullword ascii wide
        $n12 = "WebShell" nocase fullword ascii wide
        $n13 = "b374k" nocase ascii wide
        $n14 = "r57shell" nocase ascii wide
        $n15 = "hack520" nocase ascii wide
        $n16 = "WebSniff" nocase ascii wide
        $n17 = "highshell" nocase ascii wide
        $n18 = "hypershell" nocase ascii wide
        $n19 = "SharPyShell" nocase ascii wide
        $n20 = "TwoFace" nocase fullword ascii wide
        $n21 = "clientPassword" nocase fullword ascii wide
        $n22 = "lake2" nocase fullword ascii wide
        $n23 = "Remote Explorer" nocase ascii wide
        $o = "<%" ascii wide
    condition:
        filesize < 2MB and any of ($n*) and
        $o in (0..2047)
}

rule family_sharpyshell
{
    meta:
        description = "Page that decodes a posted value with a short xor key, compiles it and runs it, the way of SharPyShell"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known"
        reference = "postmortem"
    strings:
        $c = "CompileAssemblyFromSource" nocase ascii wide
        $b = "FromBase64String" nocase ascii wide
        $r = "request[" nocase ascii wide
        $r2 = "request(" nocase ascii wide
        $r3 = "request.form" nocase ascii wide
        $r4 = "request.item" nocase ascii wide
        $r5 = "request.params" nocase ascii wide
        $r6 = "request (" nocase ascii wide
        $r7 = "request [" nocase ascii wide
        $g = "GenerateInMemory" nocase ascii wide
        $i = ".Invoke(" nocase ascii wide
    condition:
        filesize < 200KB and $c and $b and any of ($r*) and ($g or $i)
}

rule family_simpleseesharp
{
    meta:
        description = "SIMPLESEESHARP: short C# page that saves the first posted file under a path built from the request"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known of this size"
        reference = "Volexity; CISA AA21-062A"
    strings:
        $h = "HttpPostedFile" nocase ascii wide
        $f = /request\.files\s*\[\s*0\s*\]/ nocase ascii wide
        $s = /\.saveas\s*\(\s*(system\.io\.)?path\.combine\s*\(/ nocase ascii wide
        $l = /language\s*=\s*["']?c#/ nocase ascii wide
    condition:
        filesize < 1500 and $l and $h and $f and $s
}

rule family_sportsball
{
    meta:
        description = "SPORTSBALL: page with a cookie login, file upload and command input, known by its cookie name and key constant"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known"
        reference = "Volexity; CISA AA21-062A"
    strings:
        $c = "fqrspt" ascii wide
        $k = "ZN2aDAB4rXsszEvCLrzgcvQ4oi5J1TuiRULlQbYwldE" ascii wide
    condition:
        filesize < 1MB and any of them
}

rule family_secchecker
{
    meta:
        description = "Page that tells the client which security product is installed, by testing for its program files"
        author = "postmortem"
        level = "critical"
        stage = "discovery"
        technique = "T1518.001"
        benign = "None known as a web page"
        reference = "FireEye; Microsoft threat intelligence feed; signature-base"
    strings:
        $e1 = "xagt.exe" nocase ascii wide
        $e2 = "csfalcon" nocase ascii wide
        $e3 = "CbDefense" nocase ascii wide
        $e4 = "SentinelAgent" nocase ascii wide
        $e5 = "cylancesvc" nocase ascii wide
        $e6 = "MsSense.exe" nocase ascii wide
        $e7 = "ekrn.exe" nocase ascii wide
        $e8 = "avp.exe" nocase ascii wide
        $e9 = "ccSvcHst.exe" nocase ascii wide
        $f = /(file|directory)\.exists\s*\(|getprocess|fil[e]exists\s*\(/ nocase ascii wide
        $w = "Response.Write" nocase ascii wide
        $p = /runat\s*=/ nocase ascii wide
        $o = "<%" ascii wide
    condition:
        filesize < 20KB and any of ($e*) and $f and $w and ($p or $o in (0..2047))
}

rule family_drophell
{
    meta:
        description = "DropHell: loads a style sheet from base64 in the request and transforms with it, which runs the script inside"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known"
        reference = "signature-base; HvS Consulting"
    strings:
        $l = /loadxml\s*\([^\r\n;]{0,120}frombase64string\s*\(\s*request/ nocase ascii wide
        $t = /\.transform\s*\(/ nocase ascii wide
        $x = /xsl(compiled)?transform/ nocase ascii wide
        $r = /frombase64string\s*\(\s*(this\.|context\.)?request/ nocase ascii wide
    condition:
        filesize < 100KB and ($l or ($t and $x and $r))
}

rule family_redirector
{
    meta:
        description = "Error or logout page of August 2021 that redirects visitors and evaluates what its operator sends"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known"
        reference = "HvS Consulting"
    strings:
        $e1 = "getErrorWord" ascii wide
        $e2 = "errorWord" ascii wide
        $e3 = /\beval\s*(\/\*|\()/ nocase ascii wide
        $r = "Response.Redirect" nocase ascii wide
        $l = /l[a]ng[u]ag[e]\s*=\s*["']?jscript/ nocase ascii wide
    condition:
        filesize < 8KB and (($e1 and $e2) or ($r and $l and $e3))
}

rule family_access_database_page
{
    meta:
        description = "Text of a one-line shell stored as wide characters in a database file that is served as a page"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known"
        reference = "postmortem"
    strings:
        $a = { E6 95 B4 E7 88 A0 E6 95 B1 }
        $b = { E7 95 A3 E6 95 B4 E7 88 A0 E6 85 A5 }
        $c = { E7 95 A3 E6 95 B4 E7 88 A0 }
    condition:
        filesize < 20MB and any of them
}
