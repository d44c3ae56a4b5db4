/* write_sites.c - what a host was: its registry, the sites of IIS, the builds of Exchange, what these were open to. */
#include "cells.h"

int
case_site(struct case_db *db, const struct site_row *row)
{
	struct cell cells[] = {
		{ 0 },
		volume_of(row->volume),
		number_unless(!row->site, row->site),
		text(row->name),
		text(row->bindings),
		some_text(row->log_folder),
		row->log_volume ? volume_of(row->log_volume) : (struct cell){ 0 },
		name_unless(!row->log_path.n, row->log_path),
		text(row->logging),
		text(row->source),
		number(row->current),
		some_text(row->side),
	};
	int r = check_volume(db, row->volume);

	if (r == 0)
		r = check_volume(db, row->log_volume);
	if (r == 0)
		r = next_id(db, NUMBERED_SITE, &cells[0]);
	return r < 0 ? r : PUT(db, PUT_SITE, cells);
}

int
case_host(struct case_db *db, const struct host_row *row)
{
	struct cell cells[] = {
		{ 0 },
		volume_of(row->volume),
		name_unless(!row->host.n, row->host),
		text(row->what),
		bytes_text(row->name),
		{ .type = CELL_TEXT, .bytes = row->value },
		number_unless(!row->when, row->when),
		number(row->when && row->dated),
		number(row->deleted),
		name(row->source),
		number_unless(row->mft < 0, (uint64_t)row->mft),
		number_unless(row->offset < 0, (uint64_t)row->offset),
		bytes_text(row->key),
		some_text(row->note),
	};
	int r = check_volume(db, row->volume);

	if (r == 0)
		r = next_id(db, NUMBERED_HOST, &cells[0]);
	return r < 0 ? r : PUT(db, PUT_HOST, cells);
}

static struct cell
yes_or_no(int value)
{
	return number_unless(value < 0, (uint64_t)value);
}

int
case_page(struct case_db *db, const struct page_row *row)
{
	struct cell cells[] = {
		{ 0 },
		volume_of(row->volume),
		name(row->page),
		number_unless(!row->compiled, row->compiled),
		yes_or_no(row->exists),
		yes_or_no(row->shipped),
		row->page_volume ? volume_of(row->page_volume) : (struct cell){ 0 },
		name_unless(!row->page_path.n, row->page_path),
		number_unless(row->page_mft < 0, (uint64_t)row->page_mft),
		number_unless(!row->page_born, row->page_born),
		some_text(row->site),
		name(row->path),
		number(row->mft),
		number(row->offset),
		number(row->deleted),
		some_text(row->assembly),
		some_text(row->type),
		name_unless(!row->dll.n, row->dll),
		number_unless(row->dll_mft < 0, (uint64_t)row->dll_mft),
		some_text(row->finding),
		some_text(row->note),
	};
	int r = check_volume(db, row->volume);

	if (r == 0)
		r = check_volume(db, row->page_volume);
	if (r == 0)
		r = next_id(db, NUMBERED_PAGE, &cells[0]);
	return r < 0 ? r : PUT(db, PUT_PAGE, cells);
}

int
case_build(struct case_db *db, const struct build_row *row)
{
	struct cell cells[] = {
		{ 0 },
		volume_of(row->volume),
		row->host_volume ? volume_of(row->host_volume) : (struct cell){ 0 },
		name_unless(!row->host.n, row->host),
		text(row->witness),
		text(row->build),
		some_text(row->release),
		text(row->means),
		number_unless(!row->first, row->first),
		number_unless(!row->last, row->last),
		number(row->files),
		name_unless(!row->path.n, row->path),
		number_unless(row->mft < 0, (uint64_t)row->mft),
		number_unless(row->offset < 0, (uint64_t)row->offset),
		some_text(row->note),
	};
	int r = check_volume(db, row->volume);

	if (r == 0)
		r = next_id(db, NUMBERED_BUILD, &cells[0]);
	return r < 0 ? r : PUT(db, PUT_BUILD, cells);
}

int
case_patch(struct case_db *db, const struct patch_row *row)
{
	const struct cell cells[] = {
		text(row->build),
		text(row->cve),
		text(row->state),
		some_text(row->reason),
		number_unless(!row->fix_released, row->fix_released),
	};

	return PUT(db, PUT_PATCH, cells);
}

int
case_mitigation(struct case_db *db, const struct mitigation_row *row)
{
	struct cell cells[] = {
		{ 0 },
		volume_of(row->volume),
		text(row->cve),
		text(row->state),
		text(row->title),
		number_unless(!row->first, row->first),
		number_unless(!row->last, row->last),
		name(row->path),
		number((uint64_t)row->mft),
		number(row->offset),
		some_text(row->note),
	};
	int r = check_volume(db, row->volume);

	if (r == 0)
		r = next_id(db, NUMBERED_MITIGATION, &cells[0]);
	return r < 0 ? r : PUT(db, PUT_MITIGATION, cells);
}

int
case_exposure(struct case_db *db, const struct exposure_row *row)
{
	const struct cell cells[] = {
		number(row->evidence),
		number(row->host_volume),
		name(row->host),
		text(row->cve),
		number(row->number),
		text(row->state),
		number_unless(!row->first, row->first),
		number_unless(!row->last, row->last),
		text(row->reason),
		some_text(row->witnesses),
	};

	return PUT(db, PUT_EXPOSURE, cells);
}
