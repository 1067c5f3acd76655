/* Gives numbers to words. */
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "fleet/fleet.h"

static int found(struct fleet_names *n, size_t i)
{
	n->next = i + 1;
	return (int)i;
}

/* First tries word n->next: runs of one plan have words in the same order. */
int fleet_name(struct fleet_names *n, const char *word)
{
	char **larger;

	if (n->next < n->names && !strcmp(n->name[n->next], word))
		return found(n, n->next);
	for (size_t i = 0; i < n->names; i++)
		if (!strcmp(n->name[i], word))
			return found(n, i);
	larger = array_grow(n->name, n->names, &n->room, sizeof(*larger));
	if (!larger)
		return -1;
	n->name = larger;
	n->name[n->names] = strdup(word);
	if (!n->name[n->names])
		return -1;
	return found(n, n->names++);
}

void fleet_names_free(struct fleet_names *n)
{
	for (size_t i = 0; i < n->names; i++)
		free(n->name[i]);
	free(n->name);
	*n = (struct fleet_names){ 0 };
}
