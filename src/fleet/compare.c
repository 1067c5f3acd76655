/* Compares the hosts of a fleet: all that follows from what was read. */
#include "fleet/fleet.h"

void fleet_compare(struct fleet *f)
{
	if (!f->broken)
		fleet_find_agreement(f);
	if (!f->broken)
		fleet_find_ties(f);
	if (!f->broken)
		fleet_find_ratios(f);
	if (!f->broken)
		fleet_find_paces(f);
}
