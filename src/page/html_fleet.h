/* Declarations for the files that write the page of a fleet, and no others. */
#ifndef PAGE_HTML_FLEET_H
#define PAGE_HTML_FLEET_H

#include "page/html_inside.h"

/* Writes and frees a text; NULL counts as a failure. */
void html_fleet_text(struct html *h, char *text);

html_slot html_fleet_map; /* html_fleet_map.c */
html_slot html_fleet_conditions, html_fleet_ratios, html_fleet_hosts,
	html_fleet_facts; /* html_fleet_tables.c */

#endif
