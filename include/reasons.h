/* reasons.h - words of a case that mean something to who judges it: written in one place, and known in another. */
#ifndef REASONS_H
#define REASONS_H

/* How the reason of a rule ends that had nothing to be asked of. */
#define REASON_NO_LOG    ": none was found"
#define REASON_NO_RECORD ": none has a record that could be read"

#endif
