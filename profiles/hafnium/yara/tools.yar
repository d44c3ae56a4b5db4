/*
  Scripts, tools and saved output of the people behind the web shell. These rules are
  for small files in staging and temporary folders, not for logs.
  In a pattern, [q] is the letter q: libyara searches for the best four bytes without a
  class, so brackets steer it away from bytes that every page and script is full of.
*/

rule tool_dump_lsass_command
{
    meta:
        description = "Script or saved command line that dumps the memory of LSASS"
        author = "postmortem"
        level = "high"
        stage = "credential-access"
        technique = "T1003.001"
        benign = "Instructions of support staff or texts about attacks"
        reference = "Microsoft HAFNIUM report; Red Canary"
    strings:
        $p = /procdump(64)?(\.exe)?[^\r\n]{0,40}-ma\s+lsass/ nocase ascii wide
        $c = /comsvcs(\.dll)?[ ,"']{1,4}(#\+?0{0,4}24|MiniDump)\s+[^\r\n]{1,80}\sfull/ nocase ascii wide
        $y = /rule\s+\w{3,80}[\s:\w]{0,80}\{\s*meta:/ ascii
    condition:
        filesize < 1MB and uint16(0) != 0x5A4D and any of ($p, $c) and not $y
}

rule tool_steal_directory_database
{
    meta:
        description = "Script that copies the Active Directory database or the account hives"
        author = "postmortem"
        level = "high"
        stage = "credential-access"
        technique = "T1003.003"
        benign = "Backup scripts of domain controllers"
        reference = "CISA AA21-062A; Volexity"
    strings:
        $n1 = /ntdsutil[^\r\n]{0,120}ifm/ nocase ascii wide
        $n2 = /HarddiskVolumeShadowCopy\d{1,4}\\[^\r\n]{0,60}(ntds\.dit|config\\s(am|ystem|ecurity))/ nocase ascii wide
        $n3 = /\breg(\.exe)?\s+s[a]ve\s+(hklm|hkey_local_machine)\\(sam|security|system)/ nocase ascii wide
        $n4 = /esentutl[^\r\n]{0,80}ntds\.dit/ nocase ascii wide
        $y = /rule\s+\w{3,80}[\s:\w]{0,80}\{\s*meta:/ ascii
    condition:
        filesize < 1MB and uint16(0) != 0x5A4D and any of ($n*) and not $y
}

rule tool_chopper_commands
{
    meta:
        description = "Saved commands in the wrapping of China Chopper: the answer is framed by marks for start and end"
        author = "postmortem"
        level = "high"
        stage = "execution"
        technique = "T1059.003"
        benign = "Texts about the attack"
        reference = "Red Canary; SigmaHQ"
    strings:
        $w = /&\s?echo \[S\]\s?&\s?cd\s?&\s?echo \[E\]/ nocase ascii wide
        $a = /cd \/d .{0,40}inetpub[\\\/]wwwroot[\\\/]aspnet_client["']?\s?&\s?(attrib|del)/ nocase ascii wide
    condition:
        filesize < 5MB and any of them
}

rule tool_stage_mail_archive
{
    meta:
        description = "Script that packs data for the way out or exports mailboxes with the Exchange snap-in"
        author = "postmortem"
        level = "medium"
        stage = "exfiltration"
        technique = "T1560.001"
        benign = "Backup scripts and mailbox migrations"
        reference = "Microsoft HAFNIUM report"
    strings:
        $z = /7z(a|r)?(\.exe)?["']?[^\r\n]{0,40}\s-t7z[^\r\n]{0,120}it\.zip/ nocase ascii wide
        $s = "Microsoft.Exchange.Management.PowerShell.SnapIn" nocase ascii wide
        $x = /New-MailboxExportRequest[^\r\n]{0,200}-FilePath/ nocase ascii wide
        $m = /makecab[^\r\n]{0,120}\.(dmp|dit|hiv)[^\r\n]{0,80}\.(gif|png|jpg|cab)/ nocase ascii wide
    condition:
        filesize < 1MB and uint16(0) != 0x5A4D and ($z or $m or ($s and $x))
}

rule tool_powercat
{
    meta:
        description = "PowerCat: a network relay and shell written in PowerShell"
        author = "postmortem"
        level = "high"
        stage = "command-and-control"
        technique = "T1095"
        benign = "Public tool, used by testers too"
        reference = "Microsoft HAFNIUM report; signature-base"
    strings:
        $n = "powercat" nocase ascii wide
        $f1 = "function Setup_DNS" nocase ascii wide
        $f2 = "function Setup_TCP" nocase ascii wide
        $f3 = "ReadData_CMD" nocase ascii wide
        $c = /powercat(\.ps1)?\s+-(c|l|ep|e|p)\s/ nocase ascii wide
        $d = /d[o]wnl[o]ad(st[r]ing|fi[l]e)\s*\([^\r\n]{0,120}powercat/ nocase ascii wide
    condition:
        filesize < 1MB and uint16(0) != 0x5A4D and $n and (2 of ($f*) or $c or $d)
}

rule tool_powershell_reverse_shell
{
    meta:
        description = "PowerShell script that connects out and runs whatever comes back, in the manner of Nishang"
        author = "postmortem"
        level = "high"
        stage = "command-and-control"
        technique = "T1059.001"
        benign = "Public tool, used by testers too"
        reference = "Microsoft HAFNIUM report; signature-base"
    strings:
        $t = /Net\.Sockets\.TCP(Client|Listener)\s*\(/ nocase ascii wide
        $g = "GetStream" nocase ascii wide
        $i1 = /\biex\b/ nocase ascii wide
        $i2 = "Invoke-Expression" nocase ascii wide
        $p = /\$\w{1,30}(\.read|\.write)\s*\(/ nocase ascii wide
    condition:
        filesize < 300KB and uint16(0) != 0x5A4D and $t and $g and any of ($i*) and $p
}

rule tool_password_list
{
    meta:
        description = "Saved output of a password dumper: users with their hashes or passwords"
        author = "postmortem"
        level = "critical"
        stage = "credential-access"
        technique = "T1003.001"
        benign = "None known"
        reference = "ESET; postmortem"
    strings:
        $m1 = "* Username :" ascii wide
        $m2 = "* NTLM     :" ascii wide
        $m3 = "Authentication Id :" ascii wide
        $m4 = "sekurlsa::" nocase ascii wide
        $p = /\w{1,40}:\d{3,6}:[0-9a-f]{32}:[0-9a-f]{32}:::/ nocase ascii wide
    condition:
        filesize < 20MB and uint16(0) != 0x5A4D and (all of ($m1, $m2, $m3) or ($m4 and ($m1 or $m3)) or #p > 1)
}

rule tool_password_dumper
{
    meta:
        description = "Program or script with the command words of Mimikatz"
        author = "postmortem"
        level = "high"
        stage = "credential-access"
        technique = "T1003.001"
        benign = "Definitions and test files of security products"
        reference = "ESET"
    strings:
        $a1 = "sekurlsa" nocase ascii wide
        $a2 = "logonPasswords" nocase ascii wide
        $a3 = "gentilkiwi" nocase ascii wide
        $a4 = "kiwi_ssp" nocase ascii wide
        $a5 = "mimilib" nocase ascii wide
        $a6 = "lsadump" nocase ascii wide
        $a7 = "Invoke-Mimikatz" nocase ascii wide
        $y = /rule\s+\w{3,80}[\s:\w]{0,80}\{\s*meta:/ ascii
    condition:
        filesize < 10MB and 3 of ($a*) and not $y
}

rule tool_account_tampering
{
    meta:
        description = "Script that removes the administrator from the Exchange administrators or adds an account to a privileged group"
        author = "postmortem"
        level = "medium"
        stage = "impact"
        technique = "T1531"
        benign = "Account scripts of administrators"
        reference = "Red Canary"
    strings:
        $d = /net1?(\.exe)?\s+group\s+"?Exchange Organization administrators"?\s+\w{1,40}\s+\/del/ nocase ascii wide
        $a = /net1?(\.exe)?\s+(group|localgroup)\s+"?(domain admins|enterprise admins|administrators|organization management)"?\s+[^\r\n]{1,60}\/add/ nocase ascii wide
    condition:
        filesize < 1MB and uint16(0) != 0x5A4D and any of them
}

rule tool_script_fetches_and_runs
{
    meta:
        description = "Script that fetches code from the network and runs it at once"
        author = "postmortem"
        level = "medium"
        stage = "command-and-control"
        technique = "T1105"
        benign = "Installers of administrators' tools"
        reference = "Red Canary; postmortem"
    strings:
        $a = /\b(iex|invoke-expression)[\s(]+[^\r\n]{0,80}download(string|data)\s*\(/ nocase ascii wide
        $b = /download(string|data)\s*\([^\r\n]{0,160}\)\s*\|\s*(iex|invoke-expression)/ nocase ascii wide
        $c = /certutil(\.exe)?[^\r\n]{0,60}-urlcache[^\r\n]{0,200}http/ nocase ascii wide
        $d = /bitsadmin(\.exe)?[^\r\n]{0,60}\/transfer[^\r\n]{0,200}http/ nocase ascii wide
        $e = /powershell[^\r\n]{0,120}\s-e(nc(odedcommand)?|c)?\s+[A-Za-z0-9+\/=]{100}/ nocase ascii wide
        $y = /rule\s+\w{3,80}[\s:\w]{0,80}\{\s*meta:/ ascii
    condition:
        filesize < 1MB and uint16(0) != 0x5A4D and any of ($a, $b, $c, $d, $e) and not $y
}
