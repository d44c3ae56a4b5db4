/*
  What is collected and carried away, and what is left of ransomware. Rules that
  compare content with a name use the external variables filename and extension;
  with both empty they do not fire.
*/

rule dump_of_lsass
{
    meta:
        description = "Memory dump of the process that keeps logon secrets: whoever has it has the passwords"
        author = "postmortem"
        level = "high"
        stage = "credential-access"
        technique = "T1003.001"
        benign = "Dump made by support staff or a crash of LSASS itself"
        reference = "Microsoft Test-ProxyLogon; CISA AA21-062A"
    strings:
        $l = "\\lsass.exe" nocase wide
        $d1 = "lsasrv.dll" nocase wide
        $d2 = "samsrv.dll" nocase wide
        $d3 = "wdigest.dll" nocase wide
    condition:
        uint32(0) == 0x504D444D and $l and 2 of ($d*)
}

rule archive_named_as_image
{
    meta:
        description = "Archive with the name of an image: stolen data waiting to be fetched as a static file"
        author = "postmortem"
        level = "high"
        stage = "exfiltration"
        technique = "T1036.008"
        benign = "None known in web folders"
        reference = "SigmaHQ; Volexity"
    condition:
        (uint32(0) == 0x04034B50 or uint32(0) == 0xAFBC7A37 or uint32(0) == 0x21726152 or uint32(0) == 0x4643534D or uint32(0) == 0x504D444D or
         uint32(0) == 0x66676572 or (uint16(0) == 0x8B1F and uint8(2) == 8)) and
        (filename matches /\.(png|gif|jpe?g|bmp|ico|css|js|woff2?)$/i or extension matches /^\.?(png|gif|jpe?g|bmp|ico|css|js|woff2?)$/i)
}

rule program_named_as_data
{
    meta:
        description = "Program or library with the name of an image, text or log"
        author = "postmortem"
        level = "high"
        stage = "defense-evasion"
        technique = "T1036.008"
        benign = "None known"
        reference = "postmortem"
    condition:
        uint16(0) == 0x5A4D and filesize > 1KB and filesize < 100MB and uint32(uint32(0x3C)) == 0x00004550 and
        (filename matches /\.(png|gif|jpe?g|bmp|ico|css|js|txt|log|dat|aspx|asp)$/i or extension matches /^\.?(png|gif|jpe?g|bmp|ico|css|js|txt|log|dat|aspx|asp)$/i)
}

rule cabinet_with_hives_and_network_lists
{
    meta:
        description = "Cabinet that holds saved registry hives beside lists of addresses: a kit for cracking passwords elsewhere"
        author = "postmortem"
        level = "critical"
        stage = "credential-access"
        technique = "T1003.002"
        benign = "None known"
        reference = "CISA AA21-062A; FireEye"
    strings:
        $n1 = "ip.txt\x00" nocase
        $n2 = "arp.txt\x00" nocase
        $h1 = { 00 73 79 73 74 65 6D 00 }
        $h2 = { 00 73 65 63 75 72 69 74 79 00 }
        $h3 = { 00 53 59 53 54 45 4D 00 }
        $h4 = { 00 53 45 43 55 52 49 54 59 00 }
        $h5 = "ntds.dit\x00" nocase
        $h6 = "sam.save\x00" nocase
    condition:
        uint32(0) == 0x4643534D and
        ((for any of ($n*) : (@ < 4096) and for any of ($h*) : (@ < 4096)) or
         for any of ($h5, $h6) : (@ < 4096))
}

rule archive_with_memory_dump
{
    meta:
        description = "Archive whose list of files names a dump of LSASS or the Active Directory database"
        author = "postmortem"
        level = "high"
        stage = "exfiltration"
        technique = "T1560.001"
        benign = "Archives made by support staff"
        reference = "SigmaHQ; CISA AA21-062A"
    strings:
        $l = /lsass[\w.-]{0,30}\.(dmp|dump|bin)/ nocase ascii
        $n = "ntds.dit" nocase ascii
        $c = "comsvcs.dmp" nocase ascii
    condition:
        (uint32(0) == 0x04034B50 or uint32(0) == 0x4643534D or uint32(0) == 0x21726152) and any of them
}

rule registry_hive_with_secrets
{
    meta:
        description = "Saved registry hive with account or service secrets, outside the folder where Windows keeps it"
        author = "postmortem"
        level = "high"
        stage = "credential-access"
        technique = "T1003.002"
        benign = "Registry backups made by an administrator"
        reference = "CISA AA21-062A; Volexity"
    strings:
        $s1 = "PolEKList" ascii
        $s2 = "PolSecretEncryptionKey" ascii
        $s3 = "NL$Control" ascii
        $a1 = "Domains" ascii
        $a2 = "Aliases" ascii
        $a3 = "Builtin" ascii
        $a4 = "Names" ascii
        $a5 = "RXACT" ascii
    condition:
        uint32(0) == 0x66676572 and (any of ($s*) or all of ($a*))
}

rule active_directory_database
{
    meta:
        description = "Active Directory database: every password hash of the domain"
        author = "postmortem"
        level = "high"
        stage = "credential-access"
        technique = "T1003.003"
        benign = "The database in use on a domain controller, or the template that Windows ships in System32"
        reference = "CISA AA21-062A; Volexity"
    strings:
        $d = "sd_table" ascii wide
        $l = "link_table" ascii wide
        $a1 = "ATTm590045" ascii
        $a2 = "ATTk590689" ascii
        $a3 = "ATTk589879" ascii
    condition:
        uint32(4) == 0x89ABCDEF and ($d or $l) and any of ($a*)
}

rule ransomware_dearcry_file
{
    meta:
        description = "File encrypted by DearCry: the marker stands at its beginning"
        author = "postmortem"
        level = "critical"
        stage = "impact"
        technique = "T1486"
        benign = "None"
        reference = "CISA MAR-10330097"
    strings:
        $m = "DEARCRY!" ascii
    condition:
        $m at 0
}

rule ransomware_dearcry_note
{
    meta:
        description = "Ransom note in the words of DearCry: says that files are encrypted and asks to send a hash"
        author = "postmortem"
        level = "high"
        stage = "impact"
        technique = "T1486"
        benign = "None known"
        reference = "CISA MAR-10330097"
    strings:
        $a = "has been encrypted" nocase ascii wide
        $b = "send me the following hash" nocase ascii wide
    condition:
        filesize < 20KB and all of them
}

rule ransomware_dearcry_program
{
    meta:
        description = "Program that writes the DearCry marker and extension"
        author = "postmortem"
        level = "critical"
        stage = "impact"
        technique = "T1486"
        benign = "None"
        reference = "CISA MAR-10330097"
    strings:
        $m = "DEARCRY!" ascii
        $c = ".CRYPT" ascii wide
        $k = "BEGIN RSA PUBLIC KEY" ascii
    condition:
        uint16(0) == 0x5A4D and filesize < 20MB and $m and ($c or $k)
}
