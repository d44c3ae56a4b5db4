/*
  Web shells by what they do: a page served by IIS takes something from the
  request and evaluates, compiles, loads, executes, writes, lists or tunnels it.
  No rule here knows a sample; each asks for a server page and two or more facts
  that an ordinary page does not combine. Written for classic ASP (VBScript,
  JScript) and ASP.NET (C#, VB, JScript: aspx, ashx, asmx, asax, ascx, cshtml, svc).
  In a pattern, [q] is the letter q: libyara searches for the best four bytes without a
  class, so brackets steer it away from bytes that every page and script is full of.
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
        $r1 = /runat\s*=\s*["']?server/ nocase ascii wide
        $x1 = "<%eval" nocase ascii wide
        $x2 = "<%exec" nocase ascii wide
        $x3 = /<%\s+(e[v]al|e[x]ec)/ nocase ascii wide
        $o = "<%" ascii wide
        $z1 = "@using System" ascii wide
        $w1 = "request" nocase ascii wide
        $w2 = "execute" nocase ascii wide
        $v1 = "createobject" nocase ascii wide
        $v2 = "response.write" nocase ascii wide
        $v3 = "strreverse" nocase ascii wide
        $v4 = "servervariables" nocase ascii wide
    condition:
        any of ($d*) or $r1 or any of ($x*) or $z1 or
        (any of ($v*) and $o in (0..8191)) or
        (any of ($w*) and $o in (0..255))
}

private rule wsg_input
{
    meta:
        description = "The text reads values that the client sends: the request object or server text boxes"
        author = "postmortem"
    strings:
        $r1 = /request\s*(\(|\[)/ nocase ascii wide
        $r2 = /request\s*\.\s*(form|querystring|item|params|cookies|headers|servervariables|files|binaryread|inputstream|totalbytes|get)/ nocase ascii wide
        $m1 = "[WebMethod" nocase ascii wide
        $m2 = "<WebMethod" nocase ascii wide
        $t1 = "asp:textbox" nocase ascii wide
        $t2 = "<input" nocase ascii wide
        $t3 = "<textarea" nocase ascii wide
        $s = "runat" nocase ascii wide
    condition:
        any of ($r*, $m*) or $t1 or (($t2 or $t3) and $s)
}

private rule wsg_path_from_request
{
    meta:
        description = "A variable whose name sounds like a file, folder or drive is set from the request"
        author = "postmortem"
    strings:
        $n = /(file|path|fname|dir|folder|drive|save)\w{0,12}\s*=\s*((trim|replace|cstr|ucase|lcase|server\.mappath)\s*\(\s*)?(this\.|context\.|page\.)?request\s*(\(|\[|\.\s*(form|querystring|item|params|headers))/ nocase ascii wide
    condition:
        $n
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
        $direct = /\b(eval|execute|executeglobal|executestatement|addc[o]de)[\s(]+((system\.web\.)?(httpcontext\.current\.|context\.|this\.|page\.)?[r]e[q]u[e]st\s*(\(|\[|\.\s*(item|form|params|querystring|cookies|headers|servervariables|binaryread|get))|([s]e[s]s[i]on|[a]pp[l]ic[a]tion)\s*(\(|\[)|e[v]al[\s(]|e[x]e[c]ute(gl[o]bal)?[\s(])/ nocase ascii wide
        $nested = /\b(eval|execute|executeglobal)\s*\(?\s*[\w.]{1,60}\s*\(([\w.\s(]|\)\s*\.|"[\w-]{0,20}"\s*\)?\s*[.,]){0,90}[r]e[q]u[e]st\s*(\(|\[|\.\s*(item|form|params|querystring|cookies|headers|binaryread))/ nocase ascii wide
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
        $a = /\be[v]al\s*\([^;\r\n]{1,300},\s*["']{1,4}unsafe["']/ nocase ascii wide
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
        $vb = /(<%|[\r\n:]|\bthen|"\s*)[ \t]{0,40}(eval|execute|executeglobal)[ \t(]{1,12}[a-z_]\w{0,40}[ \t)]{0,12}([\r\n:%<]|end)/ nocase ascii wide
        $vb2 = /(=|=\s|response\.write[\s(]+)eval[ \t]{0,4}\(\s*[a-z_]\w{0,40}\s*\)\s*[\r\n:%)]/ nocase ascii wide
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
        $l1 = /<%@[^>]{0,100}l[a]ng[u]ag[e]\s*=\s*["']?\s*jscript/ nocase ascii wide
        $l2 = /<s[c]ri[p]t[^>]{0,100}l[a]ng[u]ag[e]\s*=\s*["']?\s*jscript[^>]{0,60}r[u]n[a]t/ nocase ascii wide
        $l3 = /<s[c]ri[p]t[^>]{0,60}r[u]n[a]t[^>]{0,60}l[a]ng[u]ag[e]\s*=\s*["']?\s*jscript/ nocase ascii wide
        $e1 = /\beval\s*(\(|\/\*)/ nocase ascii wide
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
        $s5 = /\.language\s*=\s*"(vb|j)script"/ nocase ascii wide
        $j1 = "JScriptEvaluate" ascii wide
        $j2 = "Microsoft.JScript.Vsa" nocase ascii wide
        $p1 = "System.Management.Automation" nocase ascii wide
        $p2 = /(\.addscript|\.createpipeline|\.invokescript)\s*\(/ nocase ascii wide
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
        $l1 = /assembly\s*\.\s*load\s*\(/ nocase ascii wide
        $l2 = /(getmethod|invokemember)\s*\(\s*["']load["']/ nocase ascii wide
        $l3 = "CurrentDomain.Load" nocase ascii wide
        $l4 = "Reflection.Assembly" nocase ascii wide
        $l5 = "using namespace=\"System.Reflection" nocase ascii wide
        $l6 = "import namespace=\"System.Reflection" nocase ascii wide
        $d1 = "FromBase64" nocase ascii wide
        $d2 = "CreateDecryptor" nocase ascii wide
        $d3 = "TransformFinalBlock" nocase ascii wide
        $d4 = "BinaryRead" nocase ascii wide
        $d5 = "InputStream" nocase ascii wide
        $d6 = /convert\.tobyte\s*\([^;\r\n]{1,60},\s*16/ nocase ascii wide
        $d7 = "GZipStream" nocase ascii wide
        $i1 = "CreateInstance" nocase ascii wide
        $i2 = ".EntryPoint" nocase ascii wide
        $i3 = /\.equals\s*\(\s*(this|context|page|httpcontext|request)/ nocase ascii wide
        $i4 = ".Invoke(" nocase ascii wide
        $i5 = /[t]yp[e]of\s*\(\s*byte\s*\[/ nocase ascii wide
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
        $s1 = /session\s*[(\[]\s*["'][^"'\r\n]{1,40}["']\s*[)\]]\s*(==|=|is)/ nocase ascii wide
        $s2 = /\.(cache|application)\s*[(\[]/ nocase ascii wide
        $r1 = "CreateInstance" nocase ascii wide
        $r2 = /\.equals\s*\(/ nocase ascii wide
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
        $a = /deserialize\s*\([^;\r\n]{0,120}request\s*(\(|\[|\.\s*(form|querystring|item|params|cookies|headers|binaryread|inputstream))/ nocase ascii wide
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
        $t1 = /\.transform\s*\(/ nocase ascii wide
        $t2 = ".transformnode" nocase ascii wide
        $s1 = "TrustedXslt" nocase ascii wide
        $s2 = "msxsl:script" nocase ascii wide
        $s3 = /xsltsettings\s*\(\s*(true|false)\s*,\s*true/ nocase ascii wide
        $s4 = "EnableScript" nocase ascii wide
        $s5 = "urn:schemas-microsoft-com:xslt" nocase ascii wide
        $r1 = /loadxml\s*\([^;\r\n]{0,120}(frombase64string|request\s*[(\[.])/ nocase ascii wide
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
        $p2 = /process\s*\.\s*start\s*\(/ nocase ascii wide
        $p3 = /new\s+(system\.)?(diagnostics\.)?process\b/ nocase ascii wide
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
        $a = /process\s*\.\s*start\s*\([^;\r\n]{0,120}(request\s*(\(|\[|\.\s*(form|querystring|item|params|headers|cookies))|\w{1,30}\.text\b)/ nocase ascii wide
        $b = /processstartinfo\s*\([^;\r\n]{0,120}request\s*(\(|\[|\.\s*(form|querystring|item|params|headers|cookies))/ nocase ascii wide
        $c = /(\.arguments|\.filename)\s*=[^;\r\n]{0,80}request\s*(\(|\[|\.\s*(form|querystring|item|params|headers|cookies))/ nocase ascii wide
        $d = /\b(shell|winexec)\s*\(\s*[^;\r\n]{0,60}request\s*(\(|\[|\.\s*(form|querystring|item|params))/ nocase ascii wide
        $p = "process" nocase ascii wide
        $e = /process\.start\s*\(\s*"(cmd|powershell|c:\\{1,2}windows\\{1,2}system32\\{1,2}cmd)/ nocase ascii wide
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
        $w7 = /ws"\s*[&+]\s*"cript/ nocase ascii wide
        $w8 = /script\.sh"?\s*[&+]\s*"?e?l?l/ nocase ascii wide
        $w9 = /wscr"?\s*[&+]\s*"?ipt/ nocase ascii wide
        $x1 = /(\.exec|\.run)[ \t(]{1,4}["'\w]/ nocase ascii wide
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
        $c1 = /\.create\s*\(?/ nocase ascii wide
        $c2 = /invokemethod\s*\(\s*"create"/ nocase ascii wide
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
        $d2 = /declare\s+(auto\s|ansi\s|unicode\s)?\s*(function|sub)/ nocase ascii wide
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
        $net = /(str[e]amwriter|f[i]lest[r]eam|cr[e]atet[e]xt|ap[p]endt[e]xt|wr[i]teal[l](text|bytes|lines)|ap[p]endal[l]text)\s*\([^;\r\n]{0,160}[r]e[q]u[e]st\s*(\(|\[|\.\s*(form|querystring|item|params|headers|cookies|binaryread|inputstream))/ nocase ascii wide
        $asp = /(op[e]nt[e]xtfile|cr[e]at[e]t[e]xtfile|sav[e]tofile)\s*\(?\s*(server\.mappath\s*\(\s*)?[r]e[q]u[e]st\s*(\(|\.\s*(form|querystring|item))/ nocase ascii wide
        $wri = /\.write(line)?\s*[(\s]\s*[r]e[q]u[e]st\s*(\(|\[|\.\s*(form|item|params|querystring))/ nocase ascii wide
        $f1 = "opentextfile" nocase ascii wide
        $f2 = "createtextfile" nocase ascii wide
        $f3 = "streamwriter" nocase ascii wide
        $m = /(op[e]nt[e]xtfile|cr[e]at[e]t[e]xtfile|str[e]amwriter)\s*\([^;\r\n]{0,40}[r]e[q]u[e]st\s*(\(|\[|\.)/ nocase ascii wide
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
        $o1 = /(op[e]nt[e]xtfile|cr[e]at[e]t[e]xtfile)\s*\(/ nocase ascii wide
        $o2 = ".savetofile" nocase ascii wide
        $o3 = /(str[e]amwriter|cr[e]atet[e]xt|wr[i]teal[l](text|bytes)|f[i]lest[r]eam)\s*\(/ nocase ascii wide
        $w1 = /\.write(line|text)?[ \t(]{1,4}\w/ nocase ascii wide
        $c1 = /(text|content|data|code|body|shell|value|str)\w{0,12}\s*=\s*((trim|replace|cstr)\s*\(\s*)?request\s*(\(|\.\s*(form|querystring|item))/ nocase ascii wide
        $c2 = /\.write(line|text)?[ \t(]{1,4}request/ nocase ascii wide
        $c3 = "<textarea" nocase ascii wide
    condition:
        filesize < 2MB and wsg_page and wsg_path_from_request and any of ($o*) and $w1 and any of ($c*)
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
        $a = /\.saveas\s*\([^;\r\n]{0,120}(request\s*(\(|\[|\.\s*(form|querystring|params|item|headers|cookies))|\w{1,30}\.(text|value)\b)/ nocase ascii wide
        $b = /\.saveas\s*\(?\s*(server\.mappath\s*\(\s*)?(request\s*\(|request\.(form|querystring))/ nocase ascii wide
        $c = /\.savetofile[\s(]+[^\r\n]{0,60}request\s*(\(|\.\s*(form|querystring))/ nocase ascii wide
        $d = /(downloadfile|urldownloadtofile)\s*\([^;\r\n]{0,100}(request\s*(\(|\[|\.\s*(form|querystring|params|item))|\w{1,30}\.text\b)/ nocase ascii wide
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
        $f1 = /request\.files\s*[(\[]/ nocase ascii wide
        $f2 = "HttpPostedFile" nocase ascii wide
        $f3 = "asp:fileupload" nocase ascii wide
        $f4 = "HtmlInputFile" nocase ascii wide
        $f5 = ".PostedFile" nocase ascii wide
        $f6 = /type\s*(=file|="file|='file|= "file|= 'file)[^>]{0,80}[r]u[n]at/ nocase ascii wide
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
        $n12 = /m[a]pp[a]th\s*\(\s*"~\/\w/ nocase ascii wide
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
        $net = /\b(file|directory)\s*\.\s*(delete|move|copy|readalltext|readallbytes|readalllines|openread|opentext|setattributes|getfiles|getdirectories|getfilesystementries|setlastwritetime|setcreationtime)\s*\(\s*request\s*(\(|\[|\.\s*(form|querystring|item|params))/ nocase ascii wide
        $inf = /new\s+(system\.)?(io\.)?(d[i]r[e]c[t]oryi[n]fo|f[i]leinf[o]|str[e]amre[a]der)\s*\(\s*request\s*(\(|\[|\.\s*(form|querystring|item|params))/ nocase ascii wide
        $rsp = /response\s*\.\s*(wr[i]tefi[l]e|tr[a]nsmi[t]file)\s*\(\s*request\s*(\(|\[|\.\s*(form|querystring|item|params))/ nocase ascii wide
        $fso = /\.(co[p]yfil[e]|mo[v]efil[e]|del[e]tefi[l]e|co[p]yfol[d]er|mo[v]efol[d]er|del[e]tefo[l]der|g[e]tfol[d]er|g[e]tfil[e]|lo[a]dfro[m]file)[ \t(]{1,4}(server\.mappath\s*\(\s*)?request\s*(\(|\.\s*(form|querystring|item))/ nocase ascii wide
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
        $n = /n[a]me\w{0,12}\s*=\s*(this\.|context\.|page\.)?request\s*(\(|\[|\.\s*(form|querystring|item|params|headers))/ nocase ascii wide
        $r = /(wr[i]tefi[l]e|tr[a]nsmi[t]file|r[e]adal[l](text|bytes)|[o]penr[e]ad|[o]pent[e]xt|str[e]amre[a]der)\s*\(\s*\w{1,30}\s*[),]/ nocase ascii wide
        $m1 = "MapPath" nocase ascii wide
        $m2 = "GetFileName" nocase ascii wide
    condition:
        filesize < 200KB and (wsg_path_from_request or $n) and $r and not $m1 and not $m2 and wsg_page
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
        $a1 = /(\.delete|\.moveto|\.copyto|\.openwrite)\s*\(/ nocase ascii wide
        $a2 = /(wr[i]tefi[l]e|tr[a]nsmi[t]file|b[i]naryw[r]ite)\s*\(/ nocase ascii wide
        $a3 = ".SaveAs" nocase ascii wide
        $a4 = "StreamWriter" nocase ascii wide
        $a5 = /(file\.|directory\.)(copy|move|delete|create\w{0,10}|open\w{0,6}|read\w{0,10}|write\w{0,10})\s*\(/ nocase ascii wide
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
        $l1 = "GetDirectories" nocase ascii wide
        $l2 = "GetFileSystem" nocase ascii wide
        $l3 = "DirectoryInfo" nocase ascii wide
        $a1 = /(file|directory|fileinfo|directoryinfo)\.(delete)\s*\(/ nocase ascii wide
        $a2 = /(file|directory)\.move\s*\(/ nocase ascii wide
        $a3 = /file\.copy\s*\(/ nocase ascii wide
        $a4 = /(wr[i]tefi[l]e|tr[a]nsmi[t]file)\s*\(/ nocase ascii wide
        $a5 = ".SaveAs" nocase ascii wide
        $a6 = /(str[e]amwriter|wr[i]teal[l](text|bytes))\s*\(/ nocase ascii wide
        $a7 = "createdirectory" nocase ascii wide
        $a8 = /(str[e]amre[a]der|r[e]adal[l]text|[o]pent[e]xt)\s*\(/ nocase ascii wide
    condition:
        filesize < 2MB and wsg_path_from_request and any of ($l*) and 2 of ($a*) and wsg_page
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
        $l2 = /\bin\s+\w{1,30}\.files\b/ nocase ascii wide
        $l3 = /=\s*\w{1,30}\.files\b/ nocase ascii wide
        $l4 = ".namespace(" nocase ascii wide
        $l5 = /getfolder\s*\([^)\r\n]{0,60}\)\s*\.(files|subfolders)/ nocase ascii wide
        $n2 = /g[e]tfol[d]er\s*\(\s*[r]e[q]u[e]st/ nocase ascii wide
        $n3 = "driveletter" nocase ascii wide
        $n4 = "\"c:\\\"" nocase ascii wide
        $n6 = "\"d:\\\"" nocase ascii wide
        $n5 = /\(\s*request\s*\(\s*"(path|dir|folder|file|fd|drive)\w{0,8}"/ nocase ascii wide
    condition:
        filesize < 2MB and any of ($g*) and any of ($l*) and (wsg_path_from_request or any of ($n*)) and wsg_page and wsg_input
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
        $a = /for\s+each\s+\w{1,30}\s+in\s+request\.servervariables/ nocase ascii wide
        $b = /foreach\s*\(\s*\w{1,20}\s+\w{1,30}\s+in\s+(this\.|context\.|page\.)?request\.servervariables/ nocase ascii wide
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
        $u1 = /\.create\s*\(\s*"user"/ nocase ascii wide
        $u2 = ".setpassword" nocase ascii wide
        $u3 = /\.[a]dd\s*\(\s*"?winnt:/ nocase ascii wide
        $u4 = /children\.add\s*\([^\r\n]{1,40},\s*"user"/ nocase ascii wide
        $u5 = /\.filter\s*=\s*array\s*\(\s*"(user|group|service)"/ nocase ascii wide
        $u6 = /new\s+directoryentry\s*\(\s*"winnt:/ nocase ascii wide
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
        $c1 = /new\s+([\w.]{0,30}\.)?(sql|oledb|odbc|oracle|mysql)connection/ nocase ascii wide
        $c2 = "adodb.connection" nocase ascii wide
        $c3 = "00000514-0000-0010-8000-00AA006D2EA4" nocase ascii wide
        $s1 = /(["';]\s*(uid=|pwd=|server=|host=|database=|(data )?source=|(initial )?catalog=|user\si[d]=|password=)\s*['"]\s*[+&][^;\r\n]{0,60}){2}/ nocase ascii wide
        $s2 = /(;uid=|;pwd=|;database=|;user id=|;password=|;initial catalog=)['"]\s*[+&]/ nocase ascii wide
        $s5 = /(["';]\s*(uid =|pwd =|s[e]rv[e]r =|h[o]st =|d[a]tab[a]se =|(data )?s[o]ur[c]e =|(initial )?cat[a]log =|us[e]r\sid =|p[a]ssw[o]rd =)\s*['"]\s*[+&][^;\r\n]{0,60}){2}/ nocase ascii wide
        $s3 = /(connect[i]on(str[i]ng)?|\.open)\s*(=|\()?\s*([r]e[q]u[e]st\s*(\(|\[|\.\s*(form|querystring|item|params))|\w{1,30}\.[t]e[x]t\b)/ nocase ascii wide
        $s4 = /(conn|constr|dsn|dbstr|sqlstr)\w{0,16}\s*=\s*((trim|replace)\s*\(\s*)?([r]e[q]u[e]st\s*(\(|\[|\.\s*(form|querystring|item|params))|\w{1,30}\.[t]e[x]t\b)/ nocase ascii wide
        $q1 = /(comma[n]dtext\s*=|command\(|c[o]mm[a]nd \(|\.execute\s*\(?|adapter\(|a[d]apt[e]r \()\s*([r]e[q]u[e]st\s*(\(|\[|\.\s*(form|querystring|item|params))|\w{1,30}\.[t]e[x]t\b)/ nocase ascii wide
        $q2 = /from\s+"\s*[+&]\s*\w/ nocase ascii wide
        $q3 = /(sql|query|cmd)\w{0,8}\s*=\s*((trim|replace)\s*\(\s*)?([r]e[q]u[e]st\s*(\(|\[|\.\s*(form|querystring|item|params))|\w{1,30}\.[t]e[x]t\b)/ nocase ascii wide
        $q4 = "GetOleDbSchemaTable" nocase ascii wide
        $q5 = ".OpenSchema" nocase ascii wide
        $q6 = "sysobjects" nocase ascii wide
    condition:
        filesize < 2MB and any of ($c*) and (#s2 > 1 or $s1 or $s3 or $s4 or $s5) and any of ($q*) and wsg_page and wsg_input
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
        $s1 = /new\s+(system\.)?(net\.)?(sockets\.)?(socket|tcpclient|udpclient)\s*\(/ nocase ascii wide
        $s2 = "AddressFamily.InterNetwork" nocase ascii wide
        $b1 = "BinaryWrite" nocase ascii wide
        $b2 = "OutputStream" nocase ascii wide
        $b3 = "BinaryRead" nocase ascii wide
        $b4 = "InputStream" nocase ascii wide
        $b5 = "ContentLength" nocase ascii wide
        $t1 = /request\.(headers|querystring)\s*(\.get\s*\(|\[|\()\s*"(x-)?(cmd|command|target|port|host|ip|addr|action)/ nocase ascii wide
        $t2 = /sess[i]on\s*(\[|\(|\.[a]dd\s*\(|\.cont[e]nts)[^;\r\n]{0,80}(s[o]ck|t[c]p|st[r]eam)/ nocase ascii wide
        $t3 = /\(\s*(socket|tcpclient|networkstream)\s*\)\s*(this\.|context\.|page\.|httpcontext\.current\.)?(session|application|cache)/ nocase ascii wide
        $t4 = /addheader\s*\(\s*"x-(status|error)/ nocase ascii wide
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
        $s1 = /new\s+(system\.)?(net\.)?(sockets\.)?(socket|tcpclient|tcplistener|ipendpoint)\s*\(/ nocase ascii wide
        $s2 = "WSASocket" nocase ascii wide
        $s3 = "System.Net.Sockets" nocase ascii wide
        $s4 = /Na[m]edPipe/ nocase ascii wide
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
        $s1 = /new\s+(system\.)?(net\.)?(sockets\.)?(socket|tcpclient)\s*\(/ nocase ascii wide
        $s2 = /\.connect\s*\([^;\r\n]{0,60}(\w{1,20}\.text|request|port)/ nocase ascii wide
        $p1 = /split\s*\([^;\r\n]{0,20}(','|"[,-]"|'-')/ nocase ascii wide
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
        $b1 = /(\.creationtime|\.lastwritetime|\.lastaccesstime)(utc)?\s*=[^=]/ nocase ascii wide
        $c1 = /\.modifydate\s*=/ nocase ascii wide
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
        $e1 = /(ev"|ev')\s*[+&]\s*("al|'al)["'(]/ nocase ascii wide
        $e2 = /["']e["']\s*[+&]\s*("val|'val)["'(]/ nocase ascii wide
        $e3 = /["'](eva"|eva')\s*[+&]\s*["']l["'(]/ nocase ascii wide
        $e4 = /ex["']\s*[+&]\s*("ecute|'ecute)/ nocase ascii wide
        $e5 = /exe["']\s*[+&]\s*("cute|'cute)/ nocase ascii wide
        $e6 = /(exec"|exec')\s*[+&]\s*["']ute/ nocase ascii wide
        $u1 = /["']un["']\s*[+&]\s*("safe|'safe)["']/ nocase ascii wide
        $u2 = /["'](uns"|uns')\s*[+&]\s*("afe|'afe)["']/ nocase ascii wide
        $u3 = /["'](unsa"|unsa')\s*[+&]\s*["']fe["']/ nocase ascii wide
        $u4 = /["']u["']\s*[+&]\s*("nsafe|'nsafe)["']/ nocase ascii wide
        $u5 = /["'](unsaf"|unsaf')\s*[+&]\s*["']e["']/ nocase ascii wide
        $r1 = /["'(]re["']\s*[+&]\s*("quest|'quest)/ nocase ascii wide
        $r2 = /["'(](req"|req')\s*[+&]\s*("uest|'uest)/ nocase ascii wide
        $r3 = /["'(](requ"|requ')\s*[+&]\s*["']est/ nocase ascii wide
        $r4 = /["'(](reque"|reque')\s*[+&]\s*["']st/ nocase ascii wide
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
        $a1 = /\beval\s*\/\*/ nocase ascii wide
        $a2 = /request\s*\/\*[^\r\n]{0,80}\*\/\s*[\[(.\/]/ nocase ascii wide
        $a3 = /request\.\/\*/ nocase ascii wide
        $a4 = /(\.item\/\*|\.form\/\*)[^\r\n]{0,80}\*\/\s*[\[(]/ nocase ascii wide
        $a6 = /convert\s*\/\*[^\r\n]{0,40}\*\/\s*\.|process\s*\/\*[^\r\n]{0,40}\*\/\s*\./ nocase ascii wide
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
        $n1 = /101\s*,\s*118\s*,\s*97\s*,\s*108/ ascii wide
        $n2 = /114\s*,\s*101\s*,\s*113\s*,\s*117/ ascii wide
        $n3 = /82\s*,\s*101\s*,\s*113\s*,\s*117/ ascii wide
        $n4 = /101\s*,\s*120\s*,\s*101\s*,\s*99/ ascii wide
        $p1 = "%65%76%61%6c" nocase ascii wide
        $p2 = "%72%65%71%75" nocase ascii wide
        $p3 = "%65%78%65%63" nocase ascii wide
        $p4 = /(eval%20|eval\+|eval%28|execute%20|execute\+|execute%28|executeglobal%20|executeglobal\+|executeglobal%28)[\w%]{0,20}[r]e[q]u[e]st(%28|\()/ nocase ascii wide
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
        $c = /(chrw?\$?\s*\(\s*("?&h[0-9a-f]{2}"?|\d{2,3}([-+*\/]\d{1,4})?)\s*\)\s*[&+]\s*){4}/ nocase ascii wide
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
        $d2 = /runat\s*=/ nocase ascii wide
        $z1 = /\xE2\x80[\x8B-\x8F\xAA-\xAE]q[u]es[t]/
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
        $a = /(<%|[\r\n:]|\bthen)[ \t]{0,40}(execute|executeglobal|eval)[ \t(]{1,8}\w{2,40}\s*\(\s*["'][^"'\r\n]{6,}/ nocase ascii wide
        $b = /(<%|[\r\n:]|\bthen)[ \t]{0,40}(execute|executeglobal)[ \t(]{1,8}(strreverse|unescape|replace|decode\w{0,12}|base64\w{0,12}|hex\w{0,12}|un\w{2,12}|chrw?)\s*\(/ nocase ascii wide
        $c = /(<%|[\r\n:]|\bthen)[ \t]{0,40}(execute|executeglobal)[ \t]{0,4}\(\s*"[^\r\n]{10,}/ nocase ascii wide
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
        $x1 = /(<%eval|<%execute|<%response\.|<%request|<%function\s|<%server\.)/ nocase ascii
        $x4 = /<%[\s=]+(e[v]al|e[x]e[c]ute|r[e]sp[o]ns[e]\.|r[e]q[u]e[s]t|f[u]nct[i]on\s|s[e]rv[e]r\.)/ nocase ascii
        $x2 = "<script" nocase ascii
        $x3 = /runat\s*=/ nocase ascii
    condition:
        filesize < 5MB and (any of ($d*) or $x1 or $x4 or ($x2 and $x3)) and
        ((uint32(0) & 0xDFDFDFDF) == 0x18464947 or uint32(0) == 0x474E5089 or (uint16(0) == 0xD8FF and uint8(2) == 0xFF) or
         (uint16(0) == 0x4D42 and uint32(6) == 0) or uint32(0) == 0x46445025 or
         uint32(0) == 0x46464952 or uint32(0) == 0x00010000 or uint32(4) == 0x6E617453 or uint32(0) == 0x4E444221 or uint16(0) == 0x8230)
}
