/* The contents of the messages between the two sides on the control socket. */
#include "copy/offer.h"

#include <errno.h>

int offer_check_form(const struct tr_spec *spec, bool stream, struct err *e)
{
	if (!stream || tr_has_message_form(spec->ops))
		return 0;
	return err_say(e, EINVAL,
		       "the mechanism %s moves whole files: it cannot take - "
		       "instead of a file name",
		       spec->ops->name);
}

void offer_describe(struct offer *o, const struct stat *st)
{
	o->mode = st->st_mode & 07777;
	o->uid = st->st_uid;
	o->gid = st->st_gid;
	o->atime[0] = st->st_atim.tv_sec;
	o->atime[1] = st->st_atim.tv_nsec;
	o->mtime[0] = st->st_mtim.tv_sec;
	o->mtime[1] = st->st_mtim.tv_nsec;
}

void offer_described(const struct offer *o, struct stat *st)
{
	*st = (struct stat){ .st_mode = o->mode & 07777,
			     .st_uid = o->uid,
			     .st_gid = o->gid };
	st->st_atim = (struct timespec){ o->atime[0], o->atime[1] };
	st->st_mtim = (struct timespec){ o->mtime[0], o->mtime[1] };
}

/* Checks the settings before they are used: the server may be any program. */
int offer_check(struct offer *o, struct tr_spec *spec, struct err *e)
{
	struct err why = { 0 };

	o->spec[sizeof(o->spec) - 1] = '\0';
	if (o->ends)
		return err_say(e, EPROTO, "the server offers no transfer");
	if (tr_spec_parse(o->spec, spec, &why) < 0)
		return err_say(e, EPROTO, "the server's offer: %.200s",
			       why.text);
	if (tr_check(spec, &why) < 0)
		return err_say(e, EPROTO, "the server's offer: %.200s",
			       why.text);
	return 0;
}
