/* evtx_forge.h - event logs from a text: a writer that shares nothing with the reader, so that each is a check of the other. */
#ifndef EVTX_FORGE_H
#define EVTX_FORGE_H

#include "text.h"

/*
 * A scenario is lines of a verb and words; # begins a comment, "" and {} hold blanks together.
 *
 *   log [dirty] [full] [no-sums] [bad-sum] [chunks=N] [next=N]   the file header; without: as it should be
 *   template NAME XML         to be used by events; %0:u16 is value 0, ?0:u16 the same, optional; <a ~3> depends on value 3
 *   chunk [no-magic] [no-sums] [bad-sum] [bad-data] [end=N]      the next 64 KiB; end: where it says that its records end
 *   event ID TIME TEMPLATE VALUE...                              a record; a value is TYPE:TEXT
 *   plain ID TIME XML         a record without template, as in exported logs
 *   unlisted                  what follows in this chunk lies behind the end that it tells
 *   swallow                   the last record is made to cover the one before it, which keeps its bytes
 *   unend                     the last record's end does not tell its size
 *   gap N                     N bytes of FF that are no record
 *   zeros                     a place of a chunk with nothing in it
 *   patch OFFSET HEX          bytes of the finished file
 *   cut N                     the finished file has N bytes
 *
 * Types: null s a i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 bool hex guid size ft st sid x32 x64 handle xml; s[]: and so on
 * with | between items; t:{TEMPLATE VALUE...} is a template within the value, f:XML its BinXml without one.
 */

/* Composes it: 0, or negative after saying on stderr in which line it is wrong. */
int evtx_forge(struct view scenario, struct text *ret_file);

#endif
