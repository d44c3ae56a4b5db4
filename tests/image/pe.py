# pe.py - the same facts of Windows programs as tests/pels tells, by pefile: one file after the other.
import sys
import pefile

for path in sys.argv[1:]:
    try:
        pe = pefile.PE(path, fast_load=True)
    except pefile.PEFormatError:
        print("kind none")
        continue
    pe.parse_data_directories([pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_RESOURCE"]])
    print("kind", "pe32+" if pe.PE_TYPE == 0x20B else "pe32")
    print("machine %04x" % pe.FILE_HEADER.Machine)
    print("time", pe.FILE_HEADER.TimeDateStamp)
    print("subsystem", pe.OPTIONAL_HEADER.Subsystem)
    print("dll", pe.FILE_HEADER.Characteristics >> 13 & 1)
    directories = pe.OPTIONAL_HEADER.DATA_DIRECTORY
    clr = len(directories) > 14 and directories[14].VirtualAddress and directories[14].Size
    print("managed", int(bool(clr)))
    for s in pe.sections:
        print("section %s %08x %08x %08x %08x" % (s.Name.rstrip(b"\0").decode("latin-1"), s.Misc_VirtualSize, s.VirtualAddress,
                                                  s.SizeOfRawData, s.PointerToRawData))
    for i, fixed in enumerate(getattr(pe, "VS_FIXEDFILEINFO", [])[:1]):
        for what, most, least in (("file", fixed.FileVersionMS, fixed.FileVersionLS),
                                  ("product", fixed.ProductVersionMS, fixed.ProductVersionLS)):
            print(what, "%d.%d.%d.%d" % (most >> 16, most & 0xFFFF, least >> 16, least & 0xFFFF))
    for info in getattr(pe, "FileInfo", []):
        for block in info:
            for table in getattr(block, "StringTable", []):
                for key, value in table.entries.items():
                    print("text %s %s=%s" % (table.LangID.decode(), key.decode(), value.decode()))
