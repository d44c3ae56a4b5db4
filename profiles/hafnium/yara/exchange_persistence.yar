/*
  Ways to stay that are settings, not pages: IIS virtual directories, modules and
  handlers, scheduled tasks, transport agents.
  In a pattern, [q] is the letter q: libyara searches for the best four bytes without a
  class, so brackets steer it away from bytes that every page and script is full of.
*/

rule iis_virtual_directory_in_user_space
{
    meta:
        description = "IIS setting that serves a folder under ProgramData, Users, Temp or PerfLogs as part of a web site"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.004"
        benign = "Rare products publish a folder under ProgramData; then the folder bears the product's name"
        reference = "Huntress; signature-base"
    strings:
        $v = /physicalPath\s*=\s*"([a-z]:|%SystemDrive%|\\\\[?.]\\[a-z]:)\\(ProgramData|Users|Windows\\Temp|PerfLogs|Temp|\$Recycle\.Bin)(\\[^"]{0,200})?"/ nocase ascii wide
        $p = /physicalPath\s*=\s*"%(ProgramData|ALLUSERSPROFILE|PUBLIC|TEMP|TMP|APPDATA|LOCALAPPDATA)%/ nocase ascii wide
    condition:
        filesize < 20MB and any of them
}

rule iis_virtual_directory_device_name
{
    meta:
        description = "IIS setting that serves a folder with a device name such as CON or COM1, which Windows tools can hardly open"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.004"
        benign = "None: such a folder cannot be made by ordinary means"
        reference = "Huntress; signature-base"
    strings:
        $v = /physicalPath\s*=\s*"[^"]{0,160}\\(CON|AUX|NUL|PRN|COM[1-9]|LPT[1-9])(\\[^"]{0,120})?"/ nocase ascii wide
    condition:
        filesize < 20MB and $v
}

rule iis_module_in_odd_place
{
    meta:
        description = "Native IIS module whose file lies in a folder for data or temporary files"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.004"
        benign = "None known: products install modules under Program Files or inetsrv"
        reference = "ESET; postmortem"
    strings:
        $m = /<add\s+name\s*=\s*"[^"]{1,100}"\s+image\s*=\s*"[^"]{0,60}\\(ProgramData|Users|Temp|PerfLogs|inetpub|\$Recycle\.Bin|Fonts|Tasks|Help|debug)\\[^"]{1,200}"/ nocase ascii wide
        $w = /image\s*=\s*"[^"]{0,120}\\(iiswmi|websvc)\.dll"/ nocase ascii wide
    condition:
        filesize < 20MB and any of them
}

rule iis_handler_runs_harmless_extension
{
    meta:
        description = "Configuration that makes IIS run images, text, configuration or style files as pages"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.004"
        benign = "Content systems that render such files; Exchange has none"
        reference = "postmortem"
    strings:
        $h = /<add\s[^>]{0,200}path\s*=\s*"[^"]{0,40}\.(jpg|jpeg|png|gif|bmp|ico|css|txt|log|config)"[^>]{0,300}(PageHandlerFactory|SimpleHandlerFactory|asp\.dll|IsapiModule|php-cgi|CgiModule)/ nocase ascii wide
        $b = /<add\s+extension\s*=\s*"\.(jpg|jpeg|png|gif|bmp|ico|css|txt|log|config|zip|xml|svg)"[^>]{0,60}PageBuildProvider/ nocase ascii wide
    condition:
        filesize < 20MB and any of them
}

rule iis_configuration_with_code
{
    meta:
        description = "Configuration file that carries server-side code"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known"
        reference = "postmortem"
    strings:
        $c = "<configuration" ascii wide
        $s = "system.webServer" ascii wide
        $x1 = /<%\s*(e[v]al|e[x]e[c]ute|r[e]sp[o]ns[e]\.|s[e]t\s+\w{1,20}\s*=\s*(s[e]rv[e]r\.)?cr[e]at[e]obj[e]ct|p[a]ge\s|@\s*p[a]ge)/ nocase ascii wide
        $x2 = "server.createobject" nocase ascii wide
        $t = "<script" nocase ascii wide
        $r = /runat\s*=/ nocase ascii wide
    condition:
        filesize < 2MB and $c and $s and (any of ($x*) or ($t and $r))
}

rule iis_mitigation_rules
{
    meta:
        description = "Rewrite rules of Microsoft's one-click mitigation: the server was protected in a hurry, which is neither a patch nor proof of being clean"
        author = "postmortem"
        level = "info"
        stage = "initial-access"
        technique = "T1190"
        cve = "CVE-2021-26855"
        benign = "Made by the administrator"
        reference = "Microsoft EOMT"
    strings:
        $a = "X-AnonResource-Backend Abort - inbound" nocase ascii wide
        $b = "X-BEResource Abort - inbound" nocase ascii wide
    condition:
        filesize < 20MB and any of them
}

rule task_of_known_actor
{
    meta:
        description = "Scheduled task with a name or download host known from attacks on Exchange in 2021"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1053.005"
        benign = "None known"
        reference = "Red Canary; SigmaHQ"
    strings:
        $t = "<Task " ascii wide
        $h1 = "p.estonine.com" nocase ascii wide
        $h2 = "cdn.chatcdn.net" nocase ascii wide
        $n1 = "\\Winnet<" nocase ascii wide
        $n2 = "ProgramData\\VSPerfMon" nocase ascii wide
        $n3 = "\\VSPerfMon<" nocase ascii wide
        $n4 = "opera\\opera_browser.exe" nocase ascii wide
    condition:
        filesize < 200KB and $t and any of ($h*, $n*)
}

rule task_with_hidden_powershell
{
    meta:
        description = "Scheduled task that runs an encoded or downloaded PowerShell command"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1053.005"
        benign = "Management agents sometimes encode their commands: read the decoded text"
        reference = "Red Canary; postmortem"
    strings:
        $t = "<Task " ascii wide
        $p = "powershell" nocase ascii wide
        $e1 = /-e(nc(odedcommand)?|c)?\s+[A-Za-z0-9+\/=]{40}/ nocase ascii wide
        $e2 = "DownloadString" nocase ascii wide
        $e3 = "FromBase64String" nocase ascii wide
        $e4 = "Net.WebClient" nocase ascii wide
    condition:
        filesize < 200KB and $t and $p and any of ($e*)
}

rule task_from_user_space
{
    meta:
        description = "Scheduled task that starts a program from a public, temporary or web folder"
        author = "postmortem"
        level = "medium"
        stage = "persistence"
        technique = "T1053.005"
        benign = "Updaters of desktop programs"
        reference = "postmortem"
    strings:
        $t = "<Task " ascii wide
        $c = /<Command>\s*"?[^<]{0,60}\\(Users\\Public|Windows\\Temp|PerfLogs|inetpub|ProgramData\\[^\\<]{1,40}\.(exe|bat|ps1|vbs|js|dll))[^<]{0,200}</ nocase ascii wide
        $a = /<Arguments>[^<]{0,120}\\(Users\\Public|Windows\\Temp|PerfLogs|inetpub)\\[^<]{0,200}</ nocase ascii wide
    condition:
        filesize < 200KB and $t and any of ($c, $a)
}

rule transport_agent_in_odd_place
{
    meta:
        description = "Transport agent whose assembly lies outside the program folders, so that foreign code sees every message"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.002"
        benign = "None known: mail products install agents under Program Files"
        reference = "SigmaHQ; postmortem"
    strings:
        $a = /assemblyPath\s*=\s*"[a-z]:\\(ProgramData|Users|Windows|PerfLogs|inetpub|Temp)\\[^"]{1,200}"/ nocase ascii wide
        $g = "<agent " nocase ascii wide
    condition:
        filesize < 2MB and $a and $g
}

rule crash_report_of_failed_attempt
{
    meta:
        description = "Crash report of the Exchange control panel pool or the unified messaging worker with signs of forged serialised data"
        author = "postmortem"
        level = "medium"
        stage = "initial-access"
        technique = "T1190"
        cve = "CVE-2021-26857"
        benign = "Ordinary crashes of these programs"
        reference = "signature-base; Microsoft"
    strings:
        $w = "MSExchangeECPAppPool" nocase ascii wide
        $u = "UMWorkerProcess" nocase ascii wide
        $t = /T[e]xtF[o]rm[a]tt[i]ngRunProperties/ nocase ascii wide
        $e = "EventType=" ascii wide
        $s = "Sig[0]" ascii wide
    condition:
        filesize < 5MB and ($e or $s) and ($w or ($u and $t))
}
