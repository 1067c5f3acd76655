/* Replaces a whole file. If anything fails, the old file stays. */
#include "cli/put_file.h"

#include <stdio.h>
#include <string.h>

#include "base/lease.h"
#include "copy/output.h"

int put_file(const char *path, const char *bytes, size_t size, struct err *e)
{
	static const struct stat like = { .st_mode = 0666 };
	struct output o = OUTPUT_INIT;
	struct lease lease = LEASE_INIT;
	int rc;

	if (!strcmp(path, "-")) {
		/* say_end reports whether all of it was written */
		fwrite(bytes, 1, size, stdout);
		return 0;
	}
	rc = output_open(&o, path, &lease, e);
	if (rc == 0) {
		rc = output_write(&o, bytes, size, NULL);
		if (rc < 0)
			err_code(e, rc, "%s", path);
	}
	if (rc == 0)
		rc = output_commit(&o, &like, e);
	output_close(&o);
	lease_end(&lease);
	return rc;
}
