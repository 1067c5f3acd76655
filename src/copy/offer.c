/* What the two sides tell each other on the control socket. */
#include "copy/offer.h"

#include <errno.h>

int offer_check_form(const struct tr_spec *spec, bool stream, struct err *e)
{
	if (!stream || tr_has_message_form(spec->ops))
		return 0;
	return err_say(e, EINVAL,
		       "%s moves whole files: it cannot take - for one",
		       spec->ops->name);
}

/* From the server, who may be anyone: each field is checked before its use. */
int offer_check(struct offer *o, struct tr_spec *spec, struct err *e)
{
	struct err why = { 0 };

	o->spec[sizeof(o->spec) - 1] = '\0';
	if (o->ends)
		return err_say(e, EPROTO, "the server's offer: no transfer");
	if (tr_spec_parse(o->spec, spec, &why) < 0)
		return err_say(e, EPROTO, "the server's offer: %.200s",
			       why.text);
	if (tr_check(spec, &why) < 0)
		return err_say(e, EPROTO, "the server's offer: %.200s",
			       why.text);
	o->mode &= 07777;
	return 0;
}
