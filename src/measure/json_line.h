/* Finds the line of a value in a JSON text, since jansson cannot tell it. */
#ifndef MEASURE_JSON_LINE_H
#define MEASURE_JSON_LINE_H

/*
 * `path` looks like "grids[1].sizes[0]"; "" is the whole text. `text` must be
 * valid JSON. Returns the line, from 1, of the deepest part of the path that
 * exists. The line of a member is the line of its key.
 */
int json_line(const char *text, const char *path);

#endif
