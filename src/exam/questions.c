/* questions.c - what the profile asks goes into the shard, so that the case can be judged without the profile. */
#include "exam.h"
#include "logs.h"

/* A reader that is no kind of log is none that a calendar is made of; all event logs are of one kind. */
static int
write_sought(struct exam *exam)
{
	const struct choice *choices;
	size_t n = profile_choices(exam->profile, &choices);
	int r = 0;

	for (size_t i = 0; i < n; i++)
		for (const char *const *reader = choices[i].readers; *reader && r == 0; reader++)
			if (log_kind_find(*reader) || !strcmp(*reader, "evtx"))
				r = case_sought(exam->db, *reader, choices[i].artifact);
	return r;
}

int
questions_write(struct exam *exam)
{
	const struct profile_question *questions;
	size_t n = profile_questions(exam->profile, &questions);
	int r = write_sought(exam);

	for (size_t i = 0; i < n && r == 0; i++)
		r = case_question(exam->db, &(struct question_row){
						    .question = questions[i].question,
						    .number = i,
						    .cve = questions[i].cve,
						    .technique = questions[i].technique,
						    .stage = questions[i].stage,
						    .days = questions[i].days,
						    .whole = questions[i].whole,
					    });
	return r;
}
