/*
  What ProxyShell (CVE-2021-34473, 34523, 31207) writes: a mailbox export or a
  certificate request with a page inside, and the folders it is hidden in.
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
        $p1 = /<%@\s{0,6}page\s/ nocase ascii wide
        $p2 = /<script[^>]{0,100}runat\s{0,3}=/ nocase ascii wide
        $p3 = /page\s{1,4}language\s{0,3}=/ nocase ascii wide
        $e1 = /\b(eval|execute)\s{0,4}[(\/]/ nocase ascii wide
        $e2 = /request\s{0,3}(\[|\(|\.(item|form|files))/ nocase ascii wide
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
        $p1 = /page\s{1,4}language\s{0,3}=/ nocase ascii wide
        $p2 = /<script[^>]{0,100}runat\s{0,3}=/ nocase ascii wide
        $p3 = /<%\s{0,4}(eval|execute|@)/ nocase ascii wide
        $p4 = /\beval\s{0,4}\(\s{0,4}request/ nocase ascii wide
        $b1 = "-----BEGIN NEW CERTIFICATE REQUEST" ascii
        $b2 = "-----BEGIN CERTIFICATE REQUEST" ascii
    condition:
        filesize < 20KB and (uint16(0) == 0x8230 or $b1 at 0 or $b2 at 0) and any of ($p*)
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
        $a = /physicalPath\s{0,2}=\s{0,2}"[^"]{0,40}(ProgramData|All Users)\\(COM1?|CON|AUX|WHO|XYZ|ZING|ZOO)(\\[^"]{0,120})?"/ nocase ascii wide
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
        $y = /rule\s{1,3}\w{3,80}[\s:\w]{0,80}\{\s{0,8}meta:/ ascii
    condition:
        filesize < 1MB and any of ($m, $c) and not $y
}
