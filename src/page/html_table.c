/* Tables of a page: with captions and scopes, sorted by a script if it runs. */
#include <math.h>

#include "page/html_inside.h"

void html_table_begin(FILE *to, const char *id, const char *caption,
		      const struct html_column *columns, size_t n)
{
	fprintf(to, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		    "aria-label=\"");
	html_put(to, caption);
	fprintf(to, "\">\n<table id=\"%s\" class=\"sortable\">\n<caption>", id);
	html_put(to, caption);
	fputs("</caption>\n<thead><tr>", to);
	for (size_t i = 0; i < n; i++) {
		fprintf(to, "<th scope=\"col\"%s>",
			columns[i].number ? " class=\"n\"" : "");
		html_put(to, columns[i].heading);
		fputs("</th>", to);
	}
	fputs("</tr></thead>\n<tbody>", to);
}

void html_row(FILE *to)
{
	fputs("\n<tr>", to);
}

void html_cell_head(FILE *to, const char *text)
{
	fputs("<th scope=\"row\">", to);
	html_put(to, text);
	fputs("</th>", to);
}

void html_cell_text(FILE *to, const char *text, const char *class)
{
	if (class)
		fprintf(to, "<td class=\"%s\">", class);
	else
		fputs("<td>", to);
	html_put(to, text);
	fputs("</td>", to);
}

void html_cell_number(FILE *to, double value, const char *words)
{
	if (isfinite(value)) {
		fprintf(to, "<td class=\"n\" data-v=\"%.9g\">", value);
		html_put(to, words);
	} else {
		fputs("<td class=\"n empty\" data-v=\"\">–", to);
	}
	fputs("</td>", to);
}

void html_table_end(FILE *to)
{
	fputs("</tbody>\n</table>\n</div>\n", to);
}
