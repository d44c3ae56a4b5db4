/* judged.c - the rows that a judgement adds to the facts: chains, how sure findings are, witnesses, clocks. */
#include "cells.h"

int
case_chain(struct case_db *db, const struct chain_row *row)
{
	const struct cell cells[] = {
		number(row->evidence),
		number(row->chain),
		text(row->title),
		number_unless(!row->first, row->first),
		number_unless(!row->last, row->last),
		text(level_name(row->level)),
		text(row->confidence),
		text(row->summary),
	};

	return PUT(db, PUT_CHAIN, cells);
}

int
case_edge(struct case_db *db, const struct edge_row *row)
{
	const struct cell cells[] = {
		number(row->evidence),
		number(row->chain),
		number(row->number),
		text(row->from_kind),
		text(row->from_row),
		text(row->to_kind),
		text(row->to_row),
		number_unless(!row->from_time, row->from_time),
		number_unless(!row->to_time, row->to_time),
		text(row->relation),
		text(row->basis),
		number(row->time_only),
		text(row->words),
		some_text(row->from_stage),
		some_text(row->to_stage),
	};

	return PUT(db, PUT_EDGE, cells);
}

int
case_confidence(struct case_db *db, const struct confidence_row *row)
{
	const struct cell cells[] = {
		number(row->evidence), text(row->finding), text(row->confidence), number(row->witnesses), text(row->reasons),
	};

	return PUT(db, PUT_CONFIDENCE, cells);
}

int
case_witness(struct case_db *db, const struct witness_row *row)
{
	const struct cell cells[] = {
		number(row->evidence),
		number(row->place),
		number(row->mft),
		number(row->seq),
		number(row->number),
		text(row->path),
		text(row->witness),
		number_unless(!row->when, row->when),
		some_text(row->source),
		text(row->says),
		text(row->words),
	};

	return PUT(db, PUT_WITNESS, cells);
}

int
case_clock(struct case_db *db, const struct clock_row *row)
{
	const struct cell cells[] = {
		number(row->evidence),
		number(row->number),
		text(row->pair),
		some_text(row->from_row),
		some_text(row->to_row),
		number_unless(!row->first, row->first),
		number_unless(!row->second, row->second),
		number_unless(!row->measured, (uint64_t)row->difference),
		text(row->words),
	};

	return PUT(db, PUT_CLOCK, cells);
}
