/*
  Web shells by what they do: a page served by IIS takes something from the
  request and evaluates, compiles, loads, executes, writes, lists or tunnels it.
  No rule here knows a sample; each asks for a server page and two or more facts
  that an ordinary page does not combine. Written for classic ASP (VBScript,
  JScript) and ASP.NET (C#, VB, JScript: aspx, ashx, asmx, asax, ascx, cshtml, svc).
*/

private rule wsg_page
{
    meta:
        description = "The file is a page for IIS: a directive, a server-side script block, or script delimiters near its start"
        author = "postmortem"
    strings:
        $d1 = "<%@ " ascii wide
        $d2 = "<%@P" nocase ascii wide
        $d3 = "<%@L" nocase ascii wide
        $d4 = "<%@W" nocase ascii wide
        $d5 = "<%@I" nocase ascii wide
        $d6 = "<%@A" nocase ascii wide
        $d7 = "<%@\t" ascii wide
        $d8 = "<%@\r\n" ascii
        $r1 = /runat\s{0,3}=\s{0,3}["']?server/ nocase ascii wide
        $x1 = /<%\s{0,8}(eval|exec)/ nocase ascii wide
        $z1 = "@using System" ascii wide
        $w1 = "request" nocase ascii wide
        $w2 = "execute" nocase ascii wide
        $v1 = "createobject" nocase ascii wide
        $v2 = "response.write" nocase ascii wide
        $v3 = "strreverse" nocase ascii wide
        $v4 = "servervariables" nocase ascii wide
    condition:
        any of ($d*) or $r1 or $x1 or $z1 or
        (any of ($v*) and for any i in (0..8191) : (uint16(i) == 0x253C or uint32(i) == 0x0025003C)) or
        (any of ($w*) and for any i in (0..255) : (uint16(i) == 0x253C or uint32(i) == 0x0025003C))
}

private rule wsg_input
{
    meta:
        description = "The text reads values that the client sends: the request object or server text boxes"
        author = "postmortem"
    strings:
        $r1 = /request\s{0,4}(\(|\[)/ nocase ascii wide
        $r2 = /request\s{0,2}\.\s{0,2}(form|querystring|item|params|cookies|headers|servervariables|files|binaryread|inputstream|totalbytes|get)/ nocase ascii wide
        $m1 = "[WebMethod" nocase ascii wide
        $m2 = "<WebMethod" nocase ascii wide
        $t1 = "asp:textbox" nocase ascii wide
        $t2 = /<(input|textarea)\s[^>]{0,120}runat/ nocase ascii wide
    condition:
        any of them
}

/* ---- evaluate ---------------------------------------------------------------- */

rule webshell_eval_of_request
{
    meta:
        description = "Evaluates text that the client sends with the request, so whoever knows the parameter name runs any code"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known in pages that Exchange or ASP.NET ships; security training pages"
        reference = "CISA AR21-084A; Microsoft HAFNIUM report"
    strings:
        $direct = /\b(eval|execute|executeglobal|executestatement|addcode)[\s(]{1,12}(system\.web\.)?(httpcontext\.current\.|context\.|this\.|page\.)?request\s{0,8}(\(|\[|\.\s{0,2}(item|form|params|querystring|cookies|headers|servervariables|binaryread|get))/ nocase ascii wide
        $nested = /\b(eval|execute|executeglobal)\s{0,8}\(?\s{0,4}[\w.]{1,60}\s{0,2}\(([\w.\s(]|\)\s{0,2}\.|"[\w-]{0,20}"\s{0,2}\)?\s{0,2}[.,]){0,90}request\s{0,4}(\(|\[|\.\s{0,2}(item|form|params|querystring|cookies|headers|binaryread))/ nocase ascii wide
        $stored = /\b(eval|execute|executeglobal)[\s(]{1,12}(session|application)\s{0,4}(\(|\[)/ nocase ascii wide
        $twice = /\b(eval|execute|executeglobal)[\s(]{1,8}(eval|execute|executeglobal)[\s(]/ nocase ascii wide
    condition:
        filesize < 2MB and any of them and wsg_page
}

rule webshell_eval_unsafe
{
    meta:
        description = "Evaluates server-side JScript with the unsafe switch, which gives the text full rights of the web application"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known: the switch has no use in a shipped page"
        reference = "CISA AR21-084A; signature-base"
    strings:
        $a = /\beval\s{0,8}\([^;\r\n]{1,300},\s{0,8}["']{1,4}unsafe["']/ nocase ascii wide
    condition:
        filesize < 2MB and $a and (wsg_page or wsg_input)
}

rule webshell_eval_of_variable
{
    meta:
        description = "Short page that reads the request and evaluates a variable as a statement of its own"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.003"
        benign = "Rare template engines in classic ASP, whose pages are longer"
        reference = "postmortem"
    strings:
        $vb = /(<%|[\r\n:]|\bthen|"\s{0,3})[ \t]{0,40}(eval|execute|executeglobal)[ \t(]{1,12}[a-z_]\w{0,40}[ \t)]{0,12}([\r\n:%<]|end)/ nocase ascii wide
        $vb2 = /(=|=\s|response\.write[\s(]{1,3})eval[ \t]{0,4}\(\s{0,4}[a-z_]\w{0,40}\s{0,4}\)\s{0,4}[\r\n:%)]/ nocase ascii wide
    condition:
        filesize < 30KB and any of them and wsg_page and wsg_input
}

rule webshell_jscript_page_eval
{
    meta:
        description = "Server-side JScript page that calls eval: code is made at run time from text"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.003"
        benign = "Old JScript.NET pages of a third party; Exchange ships none"
        reference = "CISA AR21-084A; signature-base"
    strings:
        $l1 = /<%@[^>]{0,100}language\s{0,4}=\s{0,4}["']?\s{0,2}jscript/ nocase ascii wide
        $l2 = /<script[^>]{0,100}language\s{0,4}=\s{0,4}["']?\s{0,2}jscript[^>]{0,60}runat/ nocase ascii wide
        $l3 = /<script[^>]{0,60}runat[^>]{0,60}language\s{0,4}=\s{0,4}["']?\s{0,2}jscript/ nocase ascii wide
        $e1 = /\beval\s{0,8}(\(|\/\*)/ nocase ascii wide
        $e2 = "new Function(" nocase ascii wide
        $e3 = "setTimeout(Request" nocase ascii wide
    condition:
        filesize < 200KB and any of ($l*) and any of ($e*)
}

rule webshell_script_engine
{
    meta:
        description = "Page that hands text from the request to a script engine object, JScript evaluator or PowerShell runspace"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.003"
        benign = "Intranet administration pages that run fixed PowerShell scripts"
        reference = "postmortem"
    strings:
        $s1 = "scriptcontrol" nocase ascii wide
        $s2 = "0E59F1D5-1FBE-11D0-8FF2-00A0D10038BC" nocase ascii wide
        $s3 = ".addcode" nocase ascii wide
        $s4 = ".executestatement" nocase ascii wide
        $s5 = /\.language\s{0,3}=\s{0,3}"(vb|j)script"/ nocase ascii wide
        $j1 = "JScriptEvaluate" ascii wide
        $j2 = "Microsoft.JScript.Vsa" nocase ascii wide
        $p1 = "System.Management.Automation" nocase ascii wide
        $p2 = /\.(addscript|createpipeline|invokescript)\s{0,3}\(/ nocase ascii wide
        $v1 = "Microsoft.Vsa" nocase ascii wide
    condition:
        filesize < 2MB and wsg_page and wsg_input and
        ((($s1 or $s2) and ($s3 or $s4 or $s5)) or $j1 or $j2 or $v1 or ($p1 and $p2))
}

/* ---- compile, load ----------------------------------------------------------- */

rule webshell_compile_source
{
    meta:
        description = "Page that compiles source text at run time and takes input from the client"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.003"
        benign = "Development tools that compile snippets in the browser; none on an Exchange server"
        reference = "postmortem"
    strings:
        $c1 = "CompileAssemblyFrom" nocase ascii wide
        $c2 = "CSharpCodeProvider" nocase ascii wide
        $c3 = "VBCodeProvider" nocase ascii wide
        $c4 = "JScriptCodeProvider" nocase ascii wide
        $c5 = "CSharpSyntaxTree.ParseText" nocase ascii wide
    condition:
        filesize < 2MB and any of them and wsg_page and wsg_input
}

rule webshell_load_assembly_from_request
{
    meta:
        description = "Page that decodes bytes from the request and loads them as a .NET assembly in memory; no further file is needed"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known: plug-in pages load assemblies from files, not from the request"
        reference = "postmortem"
    strings:
        $l1 = /assembly\s{0,3}\.\s{0,3}load\s{0,3}\(/ nocase ascii wide
        $l2 = /(getmethod|invokemember)\s{0,3}\(\s{0,3}["']load["']/ nocase ascii wide
        $l3 = "CurrentDomain.Load" nocase ascii wide
        $l4 = "Reflection.Assembly" nocase ascii wide
        $l5 = "using namespace=\"System.Reflection" nocase ascii wide
        $l6 = "import namespace=\"System.Reflection" nocase ascii wide
        $d1 = "FromBase64" nocase ascii wide
        $d2 = "CreateDecryptor" nocase ascii wide
        $d3 = "TransformFinalBlock" nocase ascii wide
        $d4 = "BinaryRead" nocase ascii wide
        $d5 = "InputStream" nocase ascii wide
        $d6 = /convert\.tobyte\s{0,2}\([^;\r\n]{1,60},\s{0,3}16/ nocase ascii wide
        $d7 = "GZipStream" nocase ascii wide
        $i1 = "CreateInstance" nocase ascii wide
        $i2 = ".EntryPoint" nocase ascii wide
        $i3 = /\.equals\s{0,2}\(\s{0,2}(this|context|page|httpcontext|request)/ nocase ascii wide
        $i4 = ".Invoke(" nocase ascii wide
        $i5 = /typeof\s{0,2}\(\s{0,2}byte\s{0,2}\[/ nocase ascii wide
    condition:
        filesize < 2MB and wsg_page and wsg_input and any of ($d*) and any of ($i*) and
        ($l1 or $l2 or $l3 or (any of ($l4, $l5, $l6) and ($i3 or $i5)))
}

rule webshell_decrypt_and_run
{
    meta:
        description = "Handler that decrypts the request body, keeps what it built in the session and answers encrypted"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.003"
        benign = "Payment or single sign-on callbacks decrypt posted text but build no objects from it"
        reference = "postmortem"
    strings:
        $k1 = "RijndaelManaged" nocase ascii wide
        $k2 = "AesCryptoServiceProvider" nocase ascii wide
        $k3 = "AesManaged" nocase ascii wide
        $k4 = "Aes.Create(" nocase ascii wide
        $k5 = "CreateDecryptor" nocase ascii wide
        $s1 = /session\s{0,3}[(\[]\s{0,3}["'][^"'\r\n]{1,40}["']\s{0,3}[)\]]\s{0,3}(==|=|is)/ nocase ascii wide
        $s2 = /\.(cache|application)\s{0,3}[(\[]/ nocase ascii wide
        $r1 = "CreateInstance" nocase ascii wide
        $r2 = /\.equals\s{0,2}\(/ nocase ascii wide
        $r3 = ".Invoke(" nocase ascii wide
    condition:
        filesize < 200KB and wsg_page and wsg_input and any of ($k*) and any of ($s*) and 1 of ($r*)
}

rule webshell_deserialise_request
{
    meta:
        description = "Page that deserialises an object straight from the request, which lets the client choose code to run"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.003"
        benign = "Badly written third-party pages; still a way in"
        reference = "postmortem"
    strings:
        $a = /deserialize\s{0,3}\([^;\r\n]{0,120}request\s{0,3}(\(|\[|\.\s{0,2}(form|querystring|item|params|cookies|headers|binaryread|inputstream))/ nocase ascii wide
        $f1 = "LosFormatter" nocase ascii wide
        $f2 = "ObjectStateFormatter" nocase ascii wide
        $f3 = "BinaryFormatter" nocase ascii wide
        $f4 = "NetDataContractSerializer" nocase ascii wide
        $f5 = "SoapFormatter" nocase ascii wide
    condition:
        filesize < 2MB and $a and any of ($f*) and wsg_page
}

rule webshell_xslt_script
{
    meta:
        description = "Page that runs a style sheet from the request with scripts allowed, so the style sheet carries the code"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.003"
        benign = "Reporting pages transform with style sheets from files and with scripts off"
        reference = "signature-base; HvS Consulting"
    strings:
        $t1 = /\.transform\s{0,3}\(/ nocase ascii wide
        $t2 = ".transformnode" nocase ascii wide
        $s1 = "TrustedXslt" nocase ascii wide
        $s2 = "msxsl:script" nocase ascii wide
        $s3 = /xsltsettings\s{0,3}\(\s{0,3}(true|false)\s{0,3},\s{0,3}true/ nocase ascii wide
        $s4 = "EnableScript" nocase ascii wide
        $s5 = "urn:schemas-microsoft-com:xslt" nocase ascii wide
        $r1 = /loadxml\s{0,3}\([^;\r\n]{0,120}(frombase64string|request\s{0,3}[(\[.])/ nocase ascii wide
    condition:
        filesize < 2MB and wsg_page and wsg_input and any of ($t*) and (any of ($s*) or $r1)
}

/* ---- execute ------------------------------------------------------------------ */

rule webshell_process_with_output
{
    meta:
        description = "ASP.NET page that starts a program, takes input from the client and reads the program's output"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.003"
        benign = "Home-made administration pages that run one fixed program"
        reference = "postmortem"
    strings:
        $p1 = "ProcessStartInfo" nocase ascii wide
        $p2 = /process\s{0,2}\.\s{0,2}start\s{0,3}\(/ nocase ascii wide
        $p3 = /new\s{1,3}(system\.)?(diagnostics\.)?process\b/ nocase ascii wide
        $o1 = "RedirectStandard" nocase ascii wide
        $o2 = ".StandardOutput" nocase ascii wide
        $o3 = ".StandardInput" nocase ascii wide
        $o4 = "OutputDataReceived" nocase ascii wide
        $c1 = "cmd.exe" nocase ascii wide
        $c2 = "powershell" nocase ascii wide
        $c3 = "comspec" nocase ascii wide
        $c4 = "\"/c " nocase ascii wide
        $c5 = "UseShellExecute" nocase ascii wide
        $c6 = ".Arguments" nocase ascii wide
    condition:
        filesize < 2MB and any of ($p*) and any of ($o*) and any of ($c*) and wsg_page and wsg_input
}

rule webshell_process_from_request
{
    meta:
        description = "Page that passes text from the client straight to the start of a program"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known"
        reference = "postmortem"
    strings:
        $a = /process\s{0,2}\.\s{0,2}start\s{0,3}\([^;\r\n]{0,120}(request\s{0,3}(\(|\[|\.\s{0,2}(form|querystring|item|params|headers|cookies))|\w{1,30}\.text\b)/ nocase ascii wide
        $b = /processstartinfo\s{0,3}\([^;\r\n]{0,120}request\s{0,3}(\(|\[|\.\s{0,2}(form|querystring|item|params|headers|cookies))/ nocase ascii wide
        $c = /\.(arguments|filename)\s{0,3}=[^;\r\n]{0,80}request\s{0,3}(\(|\[|\.\s{0,2}(form|querystring|item|params|headers|cookies))/ nocase ascii wide
        $d = /\b(shell|winexec)\s{0,3}\(\s{0,3}[^;\r\n]{0,60}request\s{0,3}(\(|\[|\.\s{0,2}(form|querystring|item|params))/ nocase ascii wide
        $p = "process" nocase ascii wide
        $e = /process\.start\s{0,3}\(\s{0,3}"(cmd|powershell|c:\\{1,2}windows\\{1,2}system32\\{1,2}cmd)/ nocase ascii wide
    condition:
        filesize < 2MB and wsg_page and ($a or $b or ($c and $p) or $d or ($e and wsg_input))
}

rule webshell_script_host_shell
{
    meta:
        description = "Classic page that creates the Windows script host or shell object, takes input from the client and runs a command"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.003"
        benign = "Old intranet pages that start one fixed program"
        reference = "postmortem"
    strings:
        $w1 = "wscript.shell" nocase ascii wide
        $w2 = "shell.application" nocase ascii wide
        $w3 = "72C24DD5-D70A-438B-8A42-98424B88AFB8" nocase ascii wide
        $w4 = "F935DC22-1CF0-11D0-ADB9-00C04FD58A0B" nocase ascii wide
        $w5 = "F935DC26-1CF0-11D0-ADB9-00C04FD58A0B" nocase ascii wide
        $w6 = "13709620-C279-11CE-A49E-444553540000" nocase ascii wide
        $w7 = /ws"\s{0,3}[&+]\s{0,3}"cript/ nocase ascii wide
        $w8 = /script\.sh"?\s{0,3}[&+]\s{0,3}"?e?l?l/ nocase ascii wide
        $w9 = /wscr"?\s{0,3}[&+]\s{0,3}"?ipt/ nocase ascii wide
        $x1 = /\.(exec|run)[ \t(]{1,4}["'\w]/ nocase ascii wide
        $x2 = ".shellexecute" nocase ascii wide
        $x3 = "%comspec%" nocase ascii wide
        $x4 = "cmd.exe" nocase ascii wide
        $x5 = "cmd /c" nocase ascii wide
    condition:
        filesize < 2MB and wsg_page and wsg_input and any of ($w*) and any of ($x*)
}

rule webshell_shell_object_by_classid
{
    meta:
        description = "Page that declares the Windows shell object by its class id instead of its name, a way around simple filters"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known"
        reference = "postmortem"
    strings:
        $a = /clsid:(72C24DD5-D70A-438B-8A42-98424B88AFB8|F935DC2[26]-1CF0-11D0-ADB9-00C04FD58A0B|13709620-C279-11CE-A49E-444553540000|093FF999-1EA0-4079-9525-9614C3504B74)/ nocase ascii wide
    condition:
        filesize < 2MB and $a and wsg_page
}

rule webshell_wmi_process
{
    meta:
        description = "Page that starts a program through WMI and takes input from the client"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.003"
        benign = "Inventory pages read WMI but create no processes"
        reference = "postmortem"
    strings:
        $w = "win32_process" nocase ascii wide
        $c1 = /\.create\s{0,3}\(?/ nocase ascii wide
        $c2 = /invokemethod\s{0,3}\(\s{0,3}"create"/ nocase ascii wide
        $c3 = /\.terminate\b/ nocase ascii wide
    condition:
        filesize < 2MB and $w and any of ($c*) and wsg_page and wsg_input
}

rule webshell_native_calls
{
    meta:
        description = "Page that declares native Windows functions for starting programs or running code in memory"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known in web pages; impersonation examples declare LogonUser only"
        reference = "postmortem"
    strings:
        $d1 = "DllImport" nocase ascii wide
        $d2 = /declare\s{1,4}(auto\s|ansi\s|unicode\s)?\s{0,4}(function|sub)/ nocase ascii wide
        $n1 = "VirtualAlloc" nocase ascii wide
        $n2 = "CreateThread" nocase ascii wide
        $n3 = "CreateProcess" nocase ascii wide
        $n4 = "WriteProcessMemory" nocase ascii wide
        $n5 = "WinExec" nocase ascii wide
        $n6 = "ShellExecute" nocase ascii wide
        $n7 = "OpenProcess" nocase ascii wide
        $n8 = "CreateRemoteThread" nocase ascii wide
        $n9 = "WSASocket" nocase ascii wide
        $n10 = "MiniDumpWriteDump" nocase ascii wide
        $n11 = "VirtualProtect" nocase ascii wide
        $n12 = "ImpersonateNamedPipeClient" nocase ascii wide
        $n13 = "DuplicateTokenEx" nocase ascii wide
        $n14 = "NtCreateThreadEx" nocase ascii wide
        $n15 = "GetDelegateForFunctionPointer" nocase ascii wide
        $k = "kernel32" nocase ascii wide
    condition:
        filesize < 2MB and wsg_page and ((any of ($d*) and any of ($n*)) or ($n15 and ($n1 or $k)))
}

/* ---- write, upload, download -------------------------------------------------- */

rule webshell_write_from_request
{
    meta:
        description = "Page that opens a file for writing with a name or content taken straight from the request"
        author = "postmortem"
        level = "critical"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known in shipped pages"
        reference = "signature-base; postmortem"
    strings:
        $net = /(streamwriter|filestream|createtext|appendtext|writealltext|writeallbytes|writealllines|appendalltext)\s{0,4}\([^;\r\n]{0,160}request\s{0,3}(\(|\[|\.\s{0,2}(form|querystring|item|params|headers|cookies|binaryread|inputstream))/ nocase ascii wide
        $asp = /(opentextfile|createtextfile|savetofile)\s{0,4}\(?\s{0,4}(server\.mappath\s{0,3}\(\s{0,3})?request\s{0,3}(\(|\.\s{0,2}(form|querystring|item))/ nocase ascii wide
        $wri = /\.write(line)?\s{0,3}[(\s]\s{0,3}request\s{0,3}(\(|\[|\.\s{0,2}(form|item|params|querystring))/ nocase ascii wide
        $f1 = "opentextfile" nocase ascii wide
        $f2 = "createtextfile" nocase ascii wide
        $f3 = "streamwriter" nocase ascii wide
        $m = /(opentextfile|createtextfile|streamwriter)\s{0,4}\([^;\r\n]{0,40}request\s{0,3}(\(|\[|\.)/ nocase ascii wide
    condition:
        filesize < 2MB and wsg_page and ($net or $asp or ($wri and any of ($f*) and $m))
}

rule webshell_write_named_file
{
    meta:
        description = "Classic page that writes text to a file whose name the client chooses"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.003"
        benign = "Web content editors of old site systems"
        reference = "postmortem"
    strings:
        $n = /\b\w{0,12}(file|path|fname|dir|folder|save)\w{0,12}\s{0,3}=\s{0,3}((trim|replace|cstr|server\.mappath)\s{0,2}\(\s{0,2})?request\s{0,3}(\(|\.\s{0,2}(form|querystring|item))/ nocase ascii wide
        $o1 = /(opentextfile|createtextfile)\s{0,3}\(/ nocase ascii wide
        $o2 = ".savetofile" nocase ascii wide
        $o3 = /(streamwriter|createtext|writealltext|writeallbytes|filestream)\s{0,3}\(/ nocase ascii wide
        $w1 = /\.write(line|text)?[ \t(]{1,4}\w/ nocase ascii wide
        $c1 = /\b\w{0,12}(text|content|data|code|body|shell|value|str)\w{0,12}\s{0,3}=\s{0,3}((trim|replace|cstr)\s{0,2}\(\s{0,2})?request\s{0,3}(\(|\.\s{0,2}(form|querystring|item))/ nocase ascii wide
        $c2 = /\.write(line|text)?[ \t(]{1,4}request/ nocase ascii wide
        $c3 = "<textarea" nocase ascii wide
    condition:
        filesize < 2MB and wsg_page and $n and any of ($o*) and $w1 and any of ($c*)
}

rule webshell_upload_anywhere
{
    meta:
        description = "Page that stores an uploaded file under a path which the client sends along"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.003"
        benign = "File managers of hosting panels"
        reference = "Volexity; postmortem"
    strings:
        $a = /\.saveas\s{0,3}\([^;\r\n]{0,120}(request\s{0,3}(\(|\[|\.\s{0,2}(form|querystring|params|item|headers|cookies))|\w{1,30}\.(text|value)\b)/ nocase ascii wide
        $b = /\.saveas\s{0,3}\(?\s{0,3}(server\.mappath\s{0,3}\(\s{0,3})?(request\s{0,3}\(|request\.(form|querystring))/ nocase ascii wide
        $c = /\.savetofile[\s(]{1,4}[^\r\n]{0,60}request\s{0,3}(\(|\.\s{0,2}(form|querystring))/ nocase ascii wide
        $d = /(downloadfile|urldownloadtofile)\s{0,3}\([^;\r\n]{0,100}(request\s{0,3}(\(|\[|\.\s{0,2}(form|querystring|params|item))|\w{1,30}\.text\b)/ nocase ascii wide
    condition:
        filesize < 2MB and any of them and wsg_page
}

rule webshell_tiny_uploader
{
    meta:
        description = "Very small page that stores whatever file is posted, without looking at name, type or user"
        author = "postmortem"
        level = "medium"
        stage = "persistence"
        technique = "T1505.003"
        benign = "Upload handlers of third-party components; Exchange ships none of this form"
        reference = "Volexity; signature-base; postmortem"
    strings:
        $f1 = /request\.files\s{0,3}[(\[]/ nocase ascii wide
        $f2 = "HttpPostedFile" nocase ascii wide
        $f3 = "asp:fileupload" nocase ascii wide
        $f4 = "HtmlInputFile" nocase ascii wide
        $f5 = ".PostedFile" nocase ascii wide
        $f6 = /type\s{0,2}=\s{0,2}["']?file["']?[^>]{0,80}runat/ nocase ascii wide
        $s1 = ".saveas" nocase ascii wide
        $n1 = "GetExtension" nocase ascii wide
        $n2 = "ContentType" nocase ascii wide
        $n3 = "ContentLength" nocase ascii wide
        $n4 = "IsAuthenticated" nocase ascii wide
        $n5 = "EndsWith" nocase ascii wide
        $n6 = "CodeBehind" nocase ascii wide
        $n7 = "CodeFile" nocase ascii wide
        $n8 = "MasterPageFile" nocase ascii wide
        $n9 = "Guid.NewGuid" nocase ascii wide
        $n10 = "App_Data" nocase ascii wide
        $n11 = ".jpg" nocase ascii wide
        $n12 = /mappath\s{0,3}\(\s{0,3}"~\/\w/ nocase ascii wide
    condition:
        filesize < 2500 and $s1 and any of ($f*) and not any of ($n*) and wsg_page
}

rule webshell_classic_uploader
{
    meta:
        description = "Classic page that takes the raw body of the request apart and stores it as a file"
        author = "postmortem"
        level = "medium"
        stage = "persistence"
        technique = "T1505.003"
        benign = "Upload components of classic ASP sites; Exchange ships none"
        reference = "postmortem"
    strings:
        $b1 = "request.binaryread" nocase ascii wide
        $b2 = "request.totalbytes" nocase ascii wide
        $s1 = ".savetofile" nocase ascii wide
        $s2 = "createtextfile" nocase ascii wide
        $s3 = "opentextfile" nocase ascii wide
    condition:
        filesize < 300KB and any of ($b*) and any of ($s*) and wsg_page
}

rule webshell_remote_fetch
{
    meta:
        description = "Classic page that fetches a file over the network and stores it, directed by the client"
        author = "postmortem"
        level = "high"
        stage = "command-and-control"
        technique = "T1105"
        benign = "Site update scripts of old content systems"
        reference = "postmortem"
    strings:
        $h1 = "xmlhttp" nocase ascii wide
        $h2 = "winhttp.winhttprequest" nocase ascii wide
        $h3 = "F6D90F16-9C73-11D3-B32E-00C04F990BB4" nocase ascii wide
        $r = ".responsebody" nocase ascii wide
        $s = ".savetofile" nocase ascii wide
    condition:
        filesize < 2MB and any of ($h*) and $r and $s and wsg_page and wsg_input
}

rule webshell_file_operations_from_request
{
    meta:
        description = "Page that reads, deletes, copies or moves whatever file the client names"
        author = "postmortem"
        level = "high"
        stage = "collection"
        technique = "T1005"
        benign = "Carelessly written download pages; such a page still gives away any file"
        reference = "postmortem"
    strings:
        $net = /\b(file|directory)\s{0,2}\.\s{0,2}(delete|move|copy|readalltext|readallbytes|readalllines|openread|opentext|setattributes|getfiles|getdirectories|getfilesystementries|setlastwritetime|setcreationtime)\s{0,3}\(\s{0,3}request\s{0,3}(\(|\[|\.\s{0,2}(form|querystring|item|params))/ nocase ascii wide
        $inf = /new\s{1,3}(system\.)?(io\.)?(directoryinfo|fileinfo|streamreader)\s{0,3}\(\s{0,3}request\s{0,3}(\(|\[|\.\s{0,2}(form|querystring|item|params))/ nocase ascii wide
        $rsp = /response\s{0,2}\.\s{0,2}(writefile|transmitfile)\s{0,3}\(\s{0,3}request\s{0,3}(\(|\[|\.\s{0,2}(form|querystring|item|params))/ nocase ascii wide
        $fso = /\.(copyfile|movefile|deletefile|copyfolder|movefolder|deletefolder|getfolder|getfile|loadfromfile)[ \t(]{1,4}(server\.mappath\s{0,2}\(\s{0,2})?request\s{0,3}(\(|\.\s{0,2}(form|querystring|item))/ nocase ascii wide
    condition:
        filesize < 2MB and any of them and wsg_page
}

rule webshell_reads_any_file
{
    meta:
        description = "ASP.NET page that hands out the file whose path the client names, without binding it to a folder"
        author = "postmortem"
        level = "medium"
        stage = "collection"
        technique = "T1005"
        benign = "Carelessly written download pages"
        reference = "postmortem"
    strings:
        $n = /\b\w{0,12}(file|path|dir|folder|name)\w{0,12}\s{0,3}=\s{0,3}(this\.|context\.|page\.)?request\s{0,3}(\(|\[|\.\s{0,2}(form|querystring|item|params|headers))/ nocase ascii wide
        $r = /(writefile|transmitfile|readalltext|readallbytes|openread|opentext|streamreader)\s{0,2}\(\s{0,2}\w{1,30}\s{0,2}[),]/ nocase ascii wide
        $m1 = "MapPath" nocase ascii wide
        $m2 = "GetFileName" nocase ascii wide
    condition:
        filesize < 200KB and $n and $r and not $m1 and not $m2 and wsg_page
}

/* ---- look around ---------------------------------------------------------------- */

rule webshell_file_browser_net
{
    meta:
        description = "ASP.NET page that lists drives and folders for the client and can change or hand out files"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.003"
        benign = "File managers of hosting panels"
        reference = "signature-base; postmortem"
    strings:
        $d1 = "GetLogicalDrives" nocase ascii wide
        $d2 = "DriveInfo" nocase ascii wide
        $l1 = "GetDirectories" nocase ascii wide
        $l2 = "GetFiles" nocase ascii wide
        $l3 = "GetFileSystem" nocase ascii wide
        $l4 = "DirectoryInfo" nocase ascii wide
        $a1 = /\.(delete|moveto|copyto|openwrite)\s{0,2}\(/ nocase ascii wide
        $a2 = /(writefile|transmitfile|binarywrite)\s{0,2}\(/ nocase ascii wide
        $a3 = ".SaveAs" nocase ascii wide
        $a4 = "StreamWriter" nocase ascii wide
        $a5 = /(file|directory)\.(copy|move|delete|create\w{0,10}|open\w{0,6}|read\w{0,10}|write\w{0,10})\s{0,2}\(/ nocase ascii wide
        $a6 = "StreamReader" nocase ascii wide
    condition:
        filesize < 2MB and any of ($d*) and any of ($l*) and any of ($a*) and wsg_page and wsg_input
}

rule webshell_path_browser_net
{
    meta:
        description = "ASP.NET page that lists a folder which the client names and offers several operations on its files"
        author = "postmortem"
        level = "medium"
        stage = "persistence"
        technique = "T1505.003"
        benign = "Document lists and picture galleries, which stay inside their own folder"
        reference = "postmortem"
    strings:
        $n = /\b\w{0,12}(file|path|dir|folder|drive)\w{0,12}\s{0,3}=\s{0,3}request\s{0,3}(\(|\[|\.\s{0,2}(form|querystring|item|params))/ nocase ascii wide
        $l1 = "GetDirectories" nocase ascii wide
        $l2 = "GetFileSystem" nocase ascii wide
        $l3 = "DirectoryInfo" nocase ascii wide
        $a1 = /(file|directory|fileinfo|directoryinfo)\.(delete)\s{0,2}\(/ nocase ascii wide
        $a2 = /(file|directory)\.move\s{0,2}\(/ nocase ascii wide
        $a3 = /file\.copy\s{0,2}\(/ nocase ascii wide
        $a4 = /(writefile|transmitfile)\s{0,2}\(/ nocase ascii wide
        $a5 = ".SaveAs" nocase ascii wide
        $a6 = /(streamwriter|writealltext|writeallbytes)\s{0,2}\(/ nocase ascii wide
        $a7 = "createdirectory" nocase ascii wide
        $a8 = /(streamreader|readalltext|opentext)\s{0,2}\(/ nocase ascii wide
    condition:
        filesize < 2MB and $n and any of ($l*) and 2 of ($a*) and wsg_page
}

rule webshell_file_browser_asp
{
    meta:
        description = "Classic page that lists folders of the server under a path which the client chooses"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.003"
        benign = "File managers of old site systems"
        reference = "postmortem"
    strings:
        $g1 = ".getfolder" nocase ascii wide
        $g2 = ".getdrive" nocase ascii wide
        $g3 = /\.drives\b/ nocase ascii wide
        $l1 = ".subfolders" nocase ascii wide
        $l2 = /\bin\s{1,4}\w{1,30}\.files\b/ nocase ascii wide
        $l3 = /=\s{0,3}\w{1,30}\.files\b/ nocase ascii wide
        $l4 = ".namespace(" nocase ascii wide
        $l5 = /getfolder\s{0,2}\([^)\r\n]{0,60}\)\s{0,2}\.(files|subfolders)/ nocase ascii wide
        $n1 = /\b\w{0,12}(file|path|dir|folder|drive)\w{0,12}\s{0,3}=\s{0,3}((trim|replace|cstr|ucase|lcase)\s{0,2}\(\s{0,2})?request\s{0,3}(\(|\.\s{0,2}(form|querystring|item))/ nocase ascii wide
        $n2 = /\.getfolder\s{0,2}\(\s{0,2}request/ nocase ascii wide
        $n3 = "driveletter" nocase ascii wide
        $n4 = "\"c:\\\"" nocase ascii wide
        $n6 = "\"d:\\\"" nocase ascii wide
        $n5 = /(call\s{1,3})?\w{1,30}\s{0,3}\(\s{0,3}request\s{0,3}\(\s{0,3}"(path|dir|folder|file|fd|drive)\w{0,8}"/ nocase ascii wide
    condition:
        filesize < 2MB and any of ($g*) and any of ($l*) and any of ($n*) and wsg_page and wsg_input
}

rule webshell_pack_site
{
    meta:
        description = "Classic page that walks folders and packs their files through a binary stream for download"
        author = "postmortem"
        level = "high"
        stage = "collection"
        technique = "T1560.003"
        benign = "Backup pages of old site systems"
        reference = "postmortem"
    strings:
        $s1 = "adodb.stream" nocase ascii wide
        $s2 = "00000566-0000-0010-8000-00AA006D2EA4" nocase ascii wide
        $r1 = ".loadfromfile" nocase ascii wide
        $w1 = ".savetofile" nocase ascii wide
        $g1 = ".getfolder" nocase ascii wide
        $g2 = ".subfolders" nocase ascii wide
        $m1 = "microsoft.jet.oledb" nocase ascii wide
        $m2 = ".createfolder" nocase ascii wide
    condition:
        filesize < 2MB and any of ($s*) and $r1 and $w1 and any of ($g*) and ($m1 or $m2 or $g2) and wsg_page and wsg_input
}

rule webshell_server_variables
{
    meta:
        description = "Page that prints every server variable to the client"
        author = "postmortem"
        level = "medium"
        stage = "discovery"
        technique = "T1082"
        benign = "Test page of an administrator; harmless alone, but it does not belong on an Exchange server"
        reference = "postmortem"
    strings:
        $a = /for\s{1,4}each\s{1,4}\w{1,30}\s{1,4}in\s{1,4}request\.servervariables/ nocase ascii wide
        $b = /foreach\s{0,3}\(\s{0,3}\w{1,20}\s{1,3}\w{1,30}\s{1,3}in\s{1,3}(this\.|context\.|page\.)?request\.servervariables/ nocase ascii wide
        $c = "Request.ServerVariables.AllKeys" nocase ascii wide
    condition:
        filesize < 300KB and any of them and wsg_page
}

rule webshell_registry_walk
{
    meta:
        description = "Page that walks the registry from its roots or lists keys and values"
        author = "postmortem"
        level = "high"
        stage = "discovery"
        technique = "T1012"
        benign = "None known in web pages: ordinary pages read one known value"
        reference = "postmortem"
    strings:
        $k1 = "Registry.LocalMachine" nocase ascii wide
        $k2 = "Registry.CurrentUser" nocase ascii wide
        $k3 = "Registry.ClassesRoot" nocase ascii wide
        $k4 = "Registry.Users" nocase ascii wide
        $k5 = "Registry.CurrentConfig" nocase ascii wide
        $n1 = "GetSubKeyNames" nocase ascii wide
        $n2 = "GetValueNames" nocase ascii wide
        $n3 = "DeleteSubKey" nocase ascii wide
    condition:
        filesize < 2MB and any of ($k*) and (any of ($n*) or 3 of ($k*)) and wsg_page
}

rule webshell_registry_from_request
{
    meta:
        description = "Classic page that reads or writes registry values named by the client, or the remote access settings"
        author = "postmortem"
        level = "high"
        stage = "discovery"
        technique = "T1012"
        benign = "None known"
        reference = "postmortem"
    strings:
        $a = /\.reg(read|write|delete)[ \t(]{1,4}[^\r\n]{0,40}request/ nocase ascii wide
        $b1 = /\.reg(read|write|delete)[ \t(]{1,4}/ nocase ascii wide
        $b2 = "Terminal Server\\WinStations\\RDP-Tcp" nocase ascii wide
        $b3 = "\\Winlogon\\DefaultPassword" nocase ascii wide
        $b4 = "AutoAdminLogon" nocase ascii wide
        $b5 = "\\ORL\\WinVNC" nocase ascii wide
        $b6 = "\\RAdmin\\" nocase ascii wide
    condition:
        filesize < 2MB and wsg_page and ($a or ($b1 and any of ($b2, $b3, $b4, $b5, $b6)))
}

rule webshell_accounts_and_sites
{
    meta:
        description = "Page that reads IIS site passwords or manages Windows accounts through ADSI"
        author = "postmortem"
        level = "high"
        stage = "credential-access"
        technique = "T1552"
        benign = "Hosting control panels"
        reference = "postmortem"
    strings:
        $p1 = "AnonymousUserPass" nocase ascii wide
        $p2 = "WAMUserPass" nocase ascii wide
        $i = "IIS://" nocase ascii wide
        $w = "WinNT://" nocase ascii wide
        $u1 = /\.create\s{0,3}\(\s{0,3}"user"/ nocase ascii wide
        $u2 = ".setpassword" nocase ascii wide
        $u3 = /\.add\s{0,3}\(\s{0,3}"?winnt:/ nocase ascii wide
        $u4 = /children\.add\s{0,3}\([^\r\n]{1,40},\s{0,3}"user"/ nocase ascii wide
        $u5 = /\.filter\s{0,3}=\s{0,3}array\s{0,3}\(\s{0,3}"(user|group|service)"/ nocase ascii wide
        $u6 = /new\s{1,3}directoryentry\s{0,3}\(\s{0,3}"winnt:/ nocase ascii wide
    condition:
        filesize < 2MB and wsg_page and wsg_input and (($i and any of ($p*)) or ($w and any of ($u*)))
}

rule webshell_machine_keys
{
    meta:
        description = "Page that reads the machine keys of the web application, with which signed view state can be forged after patching"
        author = "postmortem"
        level = "high"
        stage = "credential-access"
        technique = "T1552.001"
        benign = "None known"
        reference = "postmortem"
    strings:
        $m1 = "MachineKeySection" nocase ascii wide
        $m2 = "GetApplicationConfig" nocase ascii wide
        $m3 = "system.web/machineKey" nocase ascii wide
        $v1 = "ValidationKey" nocase ascii wide
        $v2 = "DecryptionKey" nocase ascii wide
        $o = "Response.Write" nocase ascii wide
    condition:
        filesize < 300KB and any of ($m*) and any of ($v*) and $o and wsg_page
}

/* ---- databases --------------------------------------------------------------------- */

rule webshell_sql_server_commands
{
    meta:
        description = "Page that calls extended procedures of SQL Server which run commands or read the host"
        author = "postmortem"
        level = "high"
        stage = "execution"
        technique = "T1505.003"
        benign = "None known in web pages"
        reference = "postmortem"
    strings:
        $a1 = "xp_cmdshell" nocase ascii wide
        $a2 = "sp_oacreate" nocase ascii wide
        $a3 = "xp_regread" nocase ascii wide
        $a4 = "xp_regwrite" nocase ascii wide
        $a5 = "xp_dirtree" nocase ascii wide
        $a6 = "xp_servicecontrol" nocase ascii wide
        $a7 = "sp_makewebtask" nocase ascii wide
        $a8 = "xp_availablemedia" nocase ascii wide
    condition:
        filesize < 2MB and any of them and wsg_page
}

rule webshell_sql_client
{
    meta:
        description = "Page that connects to a database which the client names and runs the statement or empties the table he names"
        author = "postmortem"
        level = "medium"
        stage = "collection"
        technique = "T1213"
        benign = "Database administration pages"
        reference = "postmortem"
    strings:
        $c1 = /new\s{1,3}([\w.]{0,30}\.)?(sql|oledb|odbc|oracle|mysql)connection/ nocase ascii wide
        $c2 = "adodb.connection" nocase ascii wide
        $c3 = "00000514-0000-0010-8000-00AA006D2EA4" nocase ascii wide
        $s1 = /(["';]\s{0,2}(uid|pwd|server|host|database|data source|initial catalog|user id|password)\s{0,2}=\s{0,2}['"]\s{0,3}[+&][^;\r\n]{0,60}){2}/ nocase ascii wide
        $s2 = /;(uid|pwd|database|user id|password|initial catalog)=['"]\s{0,3}[+&]/ nocase ascii wide
        $s3 = /(connection|connectionstring|\.open)\s{0,3}(=|\()?\s{0,3}(request\s{0,3}(\(|\[|\.\s{0,2}(form|querystring|item|params))|\w{1,30}\.text\b)/ nocase ascii wide
        $s4 = /\b(conn|connstr|connectionstring|strconn|constr|dsn|dbstr|sqlstr)\w{0,8}\s{0,3}=\s{0,3}((trim|replace)\s{0,2}\(\s{0,2})?(request\s{0,3}(\(|\[|\.\s{0,2}(form|querystring|item|params))|\w{1,30}\.text\b)/ nocase ascii wide
        $q1 = /(commandtext\s{0,3}=|command\s{0,3}\(|\.execute\s{0,3}\(?|adapter\s{0,3}\()\s{0,3}(request\s{0,3}(\(|\[|\.\s{0,2}(form|querystring|item|params))|\w{1,30}\.text\b)/ nocase ascii wide
        $q2 = /select[^"\r\n]{0,60}from\s{1,3}"\s{0,3}[+&]\s{0,3}\w/ nocase ascii wide
        $q3 = /\b\w{0,6}(sql|query|cmd)\w{0,8}\s{0,3}=\s{0,3}((trim|replace)\s{0,2}\(\s{0,2})?(request\s{0,3}(\(|\[|\.\s{0,2}(form|querystring|item|params))|\w{1,30}\.text\b)/ nocase ascii wide
        $q4 = "GetOleDbSchemaTable" nocase ascii wide
        $q5 = ".OpenSchema" nocase ascii wide
        $q6 = "sysobjects" nocase ascii wide
    condition:
        filesize < 2MB and any of ($c*) and (#s2 > 1 or $s1 or $s3 or $s4) and any of ($q*) and wsg_page and wsg_input
}

/* ---- network ------------------------------------------------------------------------ */

rule webshell_tunnel
{
    meta:
        description = "Page that opens network connections for the client and passes bytes both ways: a tunnel into the network"
        author = "postmortem"
        level = "high"
        stage = "command-and-control"
        technique = "T1090.001"
        benign = "None known in shipped pages"
        reference = "Volexity; postmortem"
    strings:
        $s1 = /new\s{1,3}(system\.)?(net\.)?(sockets\.)?(socket|tcpclient|udpclient)\s{0,3}\(/ nocase ascii wide
        $s2 = "AddressFamily.InterNetwork" nocase ascii wide
        $b1 = "BinaryWrite" nocase ascii wide
        $b2 = "OutputStream" nocase ascii wide
        $b3 = "BinaryRead" nocase ascii wide
        $b4 = "InputStream" nocase ascii wide
        $b5 = "ContentLength" nocase ascii wide
        $t1 = /request\.(headers|querystring)\s{0,2}(\.get\s{0,2}\(|\[|\()\s{0,3}"(x-)?(cmd|command|target|port|host|ip|addr|action)/ nocase ascii wide
        $t2 = /session\s{0,2}(\[|\(|\.add\s{0,2}\(|\.contents)[^;\r\n]{0,80}(socket|tcp|sock|stream)/ nocase ascii wide
        $t3 = /\(\s{0,2}(socket|tcpclient|networkstream)\s{0,2}\)\s{0,3}(this\.|context\.|page\.|httpcontext\.current\.)?(session|application|cache)/ nocase ascii wide
        $t4 = /addheader\s{0,2}\(\s{0,3}"x-(status|error)/ nocase ascii wide
        $t5 = "NetworkStream" nocase ascii wide
    condition:
        filesize < 2MB and wsg_page and wsg_input and any of ($s*) and
        (($t2 or $t3 or $t4 or $t1) and 1 of ($b*) or ($t5 and 2 of ($b*)))
}

rule webshell_reverse_connection
{
    meta:
        description = "Page that ties a network connection to a command interpreter or listens on a port for one"
        author = "postmortem"
        level = "high"
        stage = "command-and-control"
        technique = "T1059.003"
        benign = "None known"
        reference = "postmortem"
    strings:
        $s1 = /new\s{1,3}(system\.)?(net\.)?(sockets\.)?(socket|tcpclient|tcplistener|ipendpoint)\s{0,3}\(/ nocase ascii wide
        $s2 = "WSASocket" nocase ascii wide
        $s3 = "System.Net.Sockets" nocase ascii wide
        $s4 = "NamedPipe" nocase ascii wide
        $c1 = "cmd.exe" nocase ascii wide
        $c2 = "powershell" nocase ascii wide
        $c3 = "/bin/sh" ascii wide
        $p1 = "StandardInput" nocase ascii wide
        $p2 = "CreateProcess" nocase ascii wide
        $p3 = "ProcessStartInfo" nocase ascii wide
        $p4 = "Process.Start" nocase ascii wide
    condition:
        filesize < 2MB and wsg_page and any of ($s*) and any of ($c*) and any of ($p*)
}

rule webshell_sniffer
{
    meta:
        description = "Page that opens a raw socket and captures network packets"
        author = "postmortem"
        level = "high"
        stage = "credential-access"
        technique = "T1040"
        benign = "None known"
        reference = "postmortem"
    strings:
        $a1 = "SocketType.Raw" nocase ascii wide
        $a2 = "IOControlCode.ReceiveAll" nocase ascii wide
        $a3 = "SIO_RCVALL" nocase ascii wide
    condition:
        filesize < 2MB and any of them and wsg_page
}

rule webshell_port_scanner
{
    meta:
        description = "Page that tries network addresses and ports which the client names"
        author = "postmortem"
        level = "medium"
        stage = "discovery"
        technique = "T1046"
        benign = "Status pages that test one fixed service"
        reference = "postmortem"
    strings:
        $s1 = /new\s{1,3}(system\.)?(net\.)?(sockets\.)?(socket|tcpclient)\s{0,3}\(/ nocase ascii wide
        $s2 = /\.connect\s{0,3}\([^;\r\n]{0,60}(\w{1,20}\.text|request|port)/ nocase ascii wide
        $p1 = /split\s{0,3}\([^;\r\n]{0,20}(','|"[,-]"|'-')/ nocase ascii wide
        $p2 = "portscan" nocase ascii wide
        $p3 = "scanport" nocase ascii wide
        $p4 = "21,25,80" ascii wide
        $p5 = "135,139" ascii wide
        $p6 = "1433,3306" ascii wide
    condition:
        filesize < 2MB and wsg_page and wsg_input and (($s1 and $s2 and any of ($p*)) or ($p2 or $p3) and ($s1 or $s2))
}

rule webshell_timestomp
{
    meta:
        description = "Page that sets the time stamps of files as the client asks"
        author = "postmortem"
        level = "medium"
        stage = "defense-evasion"
        technique = "T1070.006"
        benign = "File managers that keep dates on upload"
        reference = "postmortem"
    strings:
        $a1 = "SetLastWriteTime" nocase ascii wide
        $a2 = "SetCreationTime" nocase ascii wide
        $a3 = "SetLastAccessTime" nocase ascii wide
        $b1 = /\.(creationtime|lastwritetime|lastaccesstime)(utc)?\s{0,3}=[^=]/ nocase ascii wide
        $c1 = /\.modifydate\s{0,3}=/ nocase ascii wide
    condition:
        filesize < 2MB and wsg_page and wsg_input and (2 of ($a*) or #b1 > 1 or $c1)
}

/* ---- disguise ------------------------------------------------------------------------- */

rule webshell_words_in_pieces
{
    meta:
        description = "Page that puts the words eval, execute, request or unsafe together from pieces to hide them"
        author = "postmortem"
        level = "high"
        stage = "defense-evasion"
        technique = "T1027"
        benign = "None known: no ordinary page needs to hide these words"
        reference = "signature-base; postmortem"
    strings:
        $c1 = "\"e\"+\"v\"" nocase ascii wide
        $c2 = "\"e\"&\"v\"" nocase ascii wide
        $c3 = "\"e\" + \"v\"" nocase ascii wide
        $c4 = "\"e\" & \"v\"" nocase ascii wide
        $c5 = "'e'+'v'" nocase ascii wide
        $c6 = "\"r\"+\"e\"" nocase ascii wide
        $c7 = "\"r\"&\"e\"" nocase ascii wide
        $c8 = "\"r\" & \"e\"" nocase ascii wide
        $c9 = "\"q\"+\"u\"" nocase ascii wide
        $c10 = "\"q\"&\"u\"" nocase ascii wide
        $c11 = "\"u\"+\"n\"" nocase ascii wide
        $c12 = "\"e\"&\"x\"" nocase ascii wide
        $c13 = "\"e\"+\"x\"" nocase ascii wide
        $c14 = "\"e\" & \"x\"" nocase ascii wide
        $e1 = /ev["']\s{0,3}[+&]\s{0,3}["']al["'(]/ nocase ascii wide
        $e2 = /["']e["']\s{0,3}[+&]\s{0,3}["']val["'(]/ nocase ascii wide
        $e3 = /["']eva["']\s{0,3}[+&]\s{0,3}["']l["'(]/ nocase ascii wide
        $e4 = /ex["']\s{0,3}[+&]\s{0,3}["']ecute/ nocase ascii wide
        $e5 = /exe["']\s{0,3}[+&]\s{0,3}["']cute/ nocase ascii wide
        $e6 = /exec["']\s{0,3}[+&]\s{0,3}["']ute/ nocase ascii wide
        $u1 = /["']un["']\s{0,3}[+&]\s{0,3}["']safe["']/ nocase ascii wide
        $u2 = /["']uns["']\s{0,3}[+&]\s{0,3}["']afe["']/ nocase ascii wide
        $u3 = /["']unsa["']\s{0,3}[+&]\s{0,3}["']fe["']/ nocase ascii wide
        $u4 = /["']u["']\s{0,3}[+&]\s{0,3}["']nsafe["']/ nocase ascii wide
        $u5 = /["']unsaf["']\s{0,3}[+&]\s{0,3}["']e["']/ nocase ascii wide
        $r1 = /["'(]re["']\s{0,3}[+&]\s{0,3}["']quest/ nocase ascii wide
        $r2 = /["'(]req["']\s{0,3}[+&]\s{0,3}["']uest/ nocase ascii wide
        $r3 = /["'(]requ["']\s{0,3}[+&]\s{0,3}["']est/ nocase ascii wide
        $r4 = /["'(]reque["']\s{0,3}[+&]\s{0,3}["']st/ nocase ascii wide
    condition:
        filesize < 2MB and wsg_page and (any of ($e*) or any of ($u*) or any of ($r*) or 2 of ($c*))
}

rule webshell_words_in_comments
{
    meta:
        description = "Page that splits eval, request or a call from its argument with comments to hide it"
        author = "postmortem"
        level = "high"
        stage = "defense-evasion"
        technique = "T1027"
        benign = "None known in server pages"
        reference = "HvS Consulting; postmortem"
    strings:
        $a1 = /\beval\s{0,4}\/\*/ nocase ascii wide
        $a2 = /request\s{0,4}\/\*[^\r\n]{0,80}\*\/\s{0,4}[\[(.\/]/ nocase ascii wide
        $a3 = /request\.\/\*/ nocase ascii wide
        $a4 = /\.(item|form)\/\*[^\r\n]{0,80}\*\/\s{0,4}[\[(]/ nocase ascii wide
        $a5 = /\)\s{0,2};\s{0,2}eval\s{0,2}\/\*/ nocase ascii wide
        $a6 = /convert\s{0,2}\/\*[^\r\n]{0,40}\*\/\s{0,2}\.|process\s{0,2}\/\*[^\r\n]{0,40}\*\/\s{0,2}\./ nocase ascii wide
    condition:
        filesize < 2MB and any of them and wsg_page
}

rule webshell_words_reversed
{
    meta:
        description = "Page that holds the words request, eval or execute backwards and turns them round at run time"
        author = "postmortem"
        level = "high"
        stage = "defense-evasion"
        technique = "T1027"
        benign = "None known"
        reference = "postmortem"
    strings:
        $a1 = "tseuqer" nocase ascii wide
        $a2 = "etucexe" nocase ascii wide
        $a3 = "lave(" nocase ascii wide
        $a4 = "(lave" nocase ascii wide
        $a5 = "llehs.tpircsw" nocase ascii wide
        $a6 = "tcejbOetaerC" nocase ascii wide
        $v1 = "strreverse" nocase ascii wide
        $v2 = ".reverse(" nocase ascii wide
        $v3 = "mid(" nocase ascii wide
    condition:
        filesize < 2MB and any of ($a*) and (any of ($v*) or $a1) and wsg_page
}

rule webshell_words_encoded
{
    meta:
        description = "Page that carries eval, execute or request as base64, hexadecimal, percent or character codes"
        author = "postmortem"
        level = "high"
        stage = "defense-evasion"
        technique = "T1027"
        benign = "None known in server pages"
        reference = "signature-base; postmortem"
    strings:
        $b1 = "Request.Item[" base64
        $b2 = "Request.Form[" base64
        $b3 = "Request[\"" base64
        $b4 = "eval(Request" base64
        $b5 = "System.Diagnostics" base64
        $b6 = "Request.QueryString" base64
        $b7 = "execute(request" base64
        $b8 = "ProcessStartInfo" base64
        $b9 = "Response.Write" base64
        $h1 = "6576616c28" nocase ascii wide
        $h2 = "65786563757465" nocase ascii wide
        $h3 = "72657175657374" nocase ascii wide
        $h4 = "52657175657374" nocase ascii wide
        $n1 = /101\s{0,2},\s{0,2}118\s{0,2},\s{0,2}97\s{0,2},\s{0,2}108/ ascii wide
        $n2 = /114\s{0,2},\s{0,2}101\s{0,2},\s{0,2}113\s{0,2},\s{0,2}117/ ascii wide
        $n3 = /82\s{0,2},\s{0,2}101\s{0,2},\s{0,2}113\s{0,2},\s{0,2}117/ ascii wide
        $n4 = /101\s{0,2},\s{0,2}120\s{0,2},\s{0,2}101\s{0,2},\s{0,2}99/ ascii wide
        $p1 = "%65%76%61%6c" nocase ascii wide
        $p2 = "%72%65%71%75" nocase ascii wide
        $p3 = "%65%78%65%63" nocase ascii wide
        $p4 = /(eval|execute|executeglobal)(%20|\+|%28)[\w%]{0,20}request(%28|\()/ nocase ascii wide
        $p5 = "request%28" nocase ascii wide
    condition:
        filesize < 2MB and any of them and wsg_page
}

rule webshell_character_codes
{
    meta:
        description = "Classic page that builds text from a chain of character codes and evaluates it or creates an object from it"
        author = "postmortem"
        level = "high"
        stage = "defense-evasion"
        technique = "T1027"
        benign = "Licence checks of old commercial scripts"
        reference = "postmortem"
    strings:
        $c = /(chrw?\$?\s{0,2}\(\s{0,2}("?&h[0-9a-f]{2}"?|\d{2,3}([-+*\/]\d{1,4})?)\s{0,2}\)\s{0,3}[&+]\s{0,3}){4}/ nocase ascii wide
        $x1 = /\b(execute|executeglobal|eval)\b/ nocase ascii wide
        $x2 = "createobject" nocase ascii wide
    condition:
        filesize < 2MB and $c and any of ($x*) and wsg_page
}

rule webshell_unicode_escapes
{
    meta:
        description = "ASP.NET page whose code words are written as Unicode escapes, which the compiler reads and a filter does not"
        author = "postmortem"
        level = "high"
        stage = "defense-evasion"
        technique = "T1027"
        benign = "Pages with long texts in another script use escapes outside the Latin letters"
        reference = "postmortem"
    strings:
        $l = /\\u00(4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a])/ nocase ascii wide
        $w1 = /\\u00(65\\u0076\\u0061\\u006c|[57]2\\u0065\\u0071|50\\u0072\\u006f\\u0063)/ nocase ascii wide
        $w2 = /\\u00(65v|[57]2equ|50rocess)/ nocase ascii wide
        $w3 = /\b(e\\u0076al|ev\\u0061l|eva\\u006c|R\\u0065quest|Re\\u0071uest|Pr\\u006fcess|Pro\\u0063ess)/ nocase ascii wide
        $u1 = /\\U000000(4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a])/ ascii wide
        $d1 = "<%@ " ascii wide
        $d2 = /runat\s{0,3}=/ nocase ascii wide
        $z1 = { (E2 80 8B | E2 80 8C | E2 80 8D | E2 80 8E | E2 80 8F | E2 80 AA | E2 80 AB | E2 80 AC | E2 80 AD | E2 80 AE) 71 75 65 73 74 }
    condition:
        filesize < 2MB and wsg_page and (any of ($w*) or #u1 > 3 or $z1 or (#l > 15 and any of ($d*)))
}

rule webshell_runs_decoded_text
{
    meta:
        description = "Classic page that executes the result of a decoding function over a literal text as a statement of its own"
        author = "postmortem"
        level = "high"
        stage = "defense-evasion"
        technique = "T1140"
        benign = "Protected commercial scripts; none on an Exchange server"
        reference = "postmortem"
    strings:
        $a = /(<%|[\r\n:]|\bthen)[ \t]{0,40}(execute|executeglobal|eval)[ \t(]{1,8}\w{2,40}\s{0,2}\(\s{0,3}["'][^"'\r\n]{6,}/ nocase ascii wide
        $b = /(<%|[\r\n:]|\bthen)[ \t]{0,40}(execute|executeglobal)[ \t(]{1,8}(strreverse|unescape|replace|decode\w{0,12}|base64\w{0,12}|hex\w{0,12}|un\w{2,12}|chrw?)\s{0,2}\(/ nocase ascii wide
        $c = /(<%|[\r\n:]|\bthen)[ \t]{0,40}(execute|executeglobal)[ \t]{0,4}\(\s{0,3}"[^\r\n]{10,}/ nocase ascii wide
    condition:
        filesize < 2MB and any of them and wsg_page
}

rule webshell_encoded_script_page
{
    meta:
        description = "Classic page whose script is stored in the form of the Microsoft Script Encoder and so cannot be read as text"
        author = "postmortem"
        level = "medium"
        stage = "defense-evasion"
        technique = "T1027"
        benign = "Commercial classic ASP components were sometimes sold in this form; Exchange ships none"
        reference = "postmortem"
    strings:
        $e = /#@~\^[A-Za-z0-9+\/]{6}==/ ascii
        $l1 = /(vbscript|jscript)\.encode/ nocase ascii
        $t = "^#~@" ascii
    condition:
        filesize < 2MB and $e and ($l1 or $t) and wsg_page
}

rule webshell_page_in_image
{
    meta:
        description = "File that begins as an image, mail archive, certificate request or document and holds a page for IIS: the head fools checks, the page runs"
        author = "postmortem"
        level = "high"
        stage = "persistence"
        technique = "T1505.003"
        benign = "None known for files served as pages"
        reference = "postmortem"
    strings:
        $d1 = "<%@ " ascii
        $d2 = "<%@P" nocase ascii
        $d3 = "<%@W" nocase ascii
        $d4 = "<%@L" nocase ascii
        $x1 = /<%[\s=]{0,8}(eval|execute|executeglobal|response\.|request|function\s|server\.)/ nocase ascii
        $x2 = /<script[^>]{0,80}runat\s{0,3}=/ nocase ascii
    condition:
        filesize < 5MB and any of them and
        ((uint32(0) & 0xDFDFDFDF) == 0x18464947 or uint32(0) == 0x474E5089 or (uint16(0) == 0xD8FF and uint8(2) == 0xFF) or
         (uint16(0) == 0x4D42 and uint32(6) == 0) or uint32(0) == 0x46445025 or
         uint32(0) == 0x46464952 or uint32(0) == 0x00010000 or uint32(4) == 0x6E617453 or uint32(0) == 0x4E444221 or uint16(0) == 0x8230)
}
