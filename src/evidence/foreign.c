/* foreign.c - containers that are not read here, recognised so that nobody takes them for the media itself. */
#include "container.h"

struct mark_of {
	const char *name;
	const char *bytes;
	uint8_t n;
	uint16_t offset;
	bool tail; /* offset counts in the last 512 bytes of the file */
};

/* From the formats' own documents; for those without one, from file(1). */
static const struct mark_of marks[] = {
	{ "EnCase 7 evidence (Ex01)", "EVF2\r\n\x81", 7, 0, false },
	{ "EnCase 7 logical evidence (Lx01)", "LEF2\r\n\x81", 7, 0, false },
	{ "EnCase logical evidence (L01)", "LVF\t\r\n\xff", 7, 0, false },
	{ "AD encryption (an E01 under a password)", "ADCRYPT", 7, 0, false },
	{ "AccessData logical image (AD1)", "ADSEGMENTEDFILE", 15, 0, false },
	{ "Advanced Forensic Format (AFF)", "AFF10\r\n", 7, 0, false },
	{ "VMware disk (VMDK)", "KDMV", 4, 0, false },
	{ "VMware disk (VMDK)", "COWD", 4, 0, false },
	{ "VMware disk descriptor (VMDK)", "# Disk DescriptorFile", 21, 0, false },
	{ "Hyper-V disk (VHDX)", "vhdxfile", 8, 0, false },
	{ "Virtual PC disk (VHD)", "conectix", 8, 0, false },
	{ "Virtual PC disk (VHD)", "conectix", 8, 0, true },
	{ "QEMU disk (QCOW)", "QFI\xfb", 4, 0, false },
	{ "VirtualBox disk (VDI)", "\x7f\x10\xda\xbe", 4, 64, false },
	{ "Parallels disk (HDD)", "WithoutFreeSpace", 16, 0, false },
	{ "Parallels disk (HDD)", "WithouFreSpacExt", 16, 0, false },
	{ "Apple disk image (DMG)", "koly", 4, 0, true },
	{ "Windows image (WIM)", "MSWIM\0\0\0", 8, 0, false },
	{ "ZIP archive or AFF4 container", "PK\x03\x04", 4, 0, false },
	{ "gzip file: unpack it first", "\x1f\x8b\x08", 3, 0, false },
	{ "xz file: unpack it first",
	  "\xfd"
	  "7zXZ\0",
	  6, 0, false },
	{ "7-Zip archive: unpack it first", "7z\xbc\xaf\x27\x1c", 6, 0, false },
	{ "bzip2 file: unpack it first", "BZh91AY&SY", 10, 0, false },
	{ "zstd file: unpack it first", "\x28\xb5\x2f\xfd", 4, 0, false },
};

/* A fixed VHD is the disk itself with a footer behind it: type 2 at 60 of the footer. It is read as raw. */
static bool
is_fixed_vhd(const struct mark_of *m, struct view tail)
{
	return m->tail && !strcmp(m->bytes, "conectix") && view_equal(view_part(tail, 60, 4), view_of("\0\0\0\2", 4));
}

const char *
foreign_container(struct view head, struct view tail)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		const struct mark_of *m = &marks[i];

		if (view_equal(view_part(m->tail ? tail : head, m->offset, m->n), view_of(m->bytes, m->n)) &&
		    !is_fixed_vhd(m, tail))
			return m->name;
	}
	return NULL;
}
