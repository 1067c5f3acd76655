/* How the lab says that outcomes are not the recorded ones. */
#include <string.h>

#include "cli/lab_show.h"
#include "tap.h"

static void says(const struct lab_row *row, int expected, const char *words)
{
	char text[400];

	lab_unexpected(row, expected, "mine", text, sizeof(text));
	if (!ok(!strcmp(text, words), "it says: %s", words))
		diag("got: %s", text);
}

int main(void)
{
	struct lab_row row = { .x = lab_find("C7"), .outcome = LAB_HOLDS };

	row.times[LAB_HOLDS] = 20;
	says(&row, LAB_FAILS,
	     "C7: the outcome is holds, but fails is recorded in mine");
	row.times[LAB_HOLDS] = 18;
	row.times[LAB_FAILS] = 2;
	says(&row, LAB_HOLDS,
	     "C7: only 18 of 20 runs had the outcome holds, which is recorded "
	     "in mine; the others: 2 fails");
	row.times[LAB_HOLDS] = 1;
	row.times[LAB_FAILS] = 1;
	row.times[LAB_HOLDS_WITH_LIMIT] = 3;
	says(&row, LAB_HOLDS,
	     "C7: only 1 of 5 runs had the outcome holds, which is recorded in "
	     "mine; the others: 3 holds-with-limit, 1 fails");
	return done_testing();
}
