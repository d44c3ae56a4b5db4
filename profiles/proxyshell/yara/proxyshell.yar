/*
  What ProxyShell (CVE-2021-34473, 34523, 31207) writes: a mailbox export or a
  certificate request with a page inside, and the folders it is hidden in.
  In a pattern, [q] is the letter q: libyara searches for the best four bytes without a
  class, so brackets steer it away from bytes that every page and script is full of.
*/

rule proxyshell_page_in_mailbox_export
{
    meta:
        description = "Personal folder file (.pst) that holds readable server-side code: a draft message exported under the name of a page"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        cve = "CVE-2021-31207"
        benign = "A mailbox that keeps such code in a message, when the file really is a mail archive (.pst)"
        reference = "signature-base; HvS Consulting"
    strings:
        $p1 = /<%@\s*p[a]ge\s/ nocase ascii wide
        $p2 = /<script[^>]{0,100}runat\s*=/ nocase ascii wide
        $p3 = /page\s+language\s*=/ nocase ascii wide
        $e1 = /\b(eval|execute)\s*[(\/]/ nocase ascii wide
        $e2 = "request[" nocase ascii wide
        $e6 = "request(" nocase ascii wide
        $e7 = "request.item" nocase ascii wide
        $e8 = "request.form" nocase ascii wide
        $e9 = "request.files" nocase ascii wide
        $e10 = "request (" nocase ascii wide
        $e11 = "request [" nocase ascii wide
        $e3 = "FromBase64String" nocase ascii wide
        $e4 = "Page_Load" nocase ascii wide
        $e5 = "exec_code" nocase ascii wide
    condition:
        uint32(0) == 0x4E444221 and filesize < 50MB and any of ($p*) and any of ($e*)
}

rule proxyshell_export_named_page
{
    meta:
        description = "Personal folder file with the name of a page: mailbox exports are called .pst, only an attack calls one .aspx"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        cve = "CVE-2021-31207"
        benign = "None"
        reference = "signature-base; SigmaHQ"
    condition:
        uint32(0) == 0x4E444221 and
        (filename matches /\.(aspx?|ashx|asmx|asax|cshtml|svc|config)$/i or extension matches /^\.?(aspx?|ashx|asmx|asax|cshtml|svc|config)$/i)
}

rule proxyshell_page_in_certificate_request
{
    meta:
        description = "Certificate request that holds a page directive or server-side script in one of its names"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        cve = "CVE-2021-31207"
        benign = "None known"
        reference = "signature-base; SigmaHQ"
    strings:
        $p1 = /page\s+language\s*=/ nocase ascii wide
        $s = "<script" nocase ascii wide
        $r = /runat\s*=/ nocase ascii wide
        $p3 = /<%\s*(e[v]al|e[x]ec|@)/ nocase ascii wide
        $p4 = /\beval\s*\(\s*[R]e[q]u[e]st/ nocase ascii wide
        $b1 = "-----BEGIN NEW CERTIFICATE REQUEST" ascii
        $b2 = "-----BEGIN CERTIFICATE REQUEST" ascii
    condition:
        filesize < 20KB and (uint16(0) == 0x8230 or $b1 at 0 or $b2 at 0) and (any of ($p*) or ($s and $r))
}

rule proxyshell_folder_in_iis_configuration
{
    meta:
        description = "IIS setting that serves one of the folders used after ProxyShell: COM, COM1, CON, AUX, WHO, XYZ, ZING or ZOO under ProgramData"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.004"
        benign = "None known"
        reference = "Huntress; signature-base"
    strings:
        $a = /physicalPath\s*=\s*"[^"]{0,40}(ProgramData|All Users)\\(COM1?|CON|AUX|WHO|XYZ|ZING|ZOO)(\\[^"]{0,120})?"/ nocase ascii wide
    condition:
        filesize < 20MB and $a
}

rule proxyshell_export_commands
{
    meta:
        description = "Script or saved command that exports a mailbox or writes a certificate request to a page on the server itself"
        author = "postmortem"
        level = "critical"
        stage = "execution"
        technique = "T1059.001"
        cve = "CVE-2021-31207"
        benign = "Texts about the attack"
        reference = "SigmaHQ"
    strings:
        $m = /New-MailboxExportRequest[^\r\n]{0,400}\.aspx/ nocase ascii wide
        $c = /New-ExchangeCertificate[^\r\n]{0,200}RequestFile[^\r\n]{0,200}\.aspx/ nocase ascii wide
        $y = /rule\s+\w{3,80}[\s:\w]{0,80}\{\s*meta:/ ascii
    condition:
        filesize < 1MB and any of ($m, $c) and not $y
}
