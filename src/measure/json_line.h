/* Which line of a JSON text a value is on: what jansson does not tell. */
#ifndef MEASURE_JSON_LINE_H
#define MEASURE_JSON_LINE_H

/*
 * `path` is as people write it: "grids[1].sizes[0]", "" for the whole. The
 * text must be valid JSON. Of a member it is the line of its key. The line,
 * from 1, of the deepest part of the path that is there.
 */
int json_line(const char *text, const char *path);

#endif
