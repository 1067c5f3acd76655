/* The CPUs and caches of this machine, from hwloc. */
#include "measure/machine.h"

#ifdef HAVE_HWLOC
#include <hwloc.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *name;
	hwloc_obj_type_t type;
} counted[] = {
	{ "packages", HWLOC_OBJ_PACKAGE },
	{ "numa_nodes", HWLOC_OBJ_NUMANODE },
	{ "cores", HWLOC_OBJ_CORE },
	{ "threads", HWLOC_OBJ_PU },
};

static const struct {
	const char *name;
	hwloc_obj_type_t type;
} caches[] = {
	{ "L1d", HWLOC_OBJ_L1CACHE },
	{ "L2", HWLOC_OBJ_L2CACHE },
	{ "L3", HWLOC_OBJ_L3CACHE },
};

static json_t *caches_of(hwloc_topology_t topo)
{
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(caches) / sizeof(caches[0]); i++) {
		hwloc_obj_t one =
			hwloc_get_next_obj_by_type(topo, caches[i].type, NULL);

		if (!one)
			continue;
		json_array_append_new(
			list, json_pack("{s:s, s:I, s:i, s:i}", "name",
					caches[i].name, "bytes",
					(json_int_t)one->attr->cache.size,
					"line_bytes",
					(int)one->attr->cache.linesize, "count",
					hwloc_get_nbobjs_by_type(
						topo, caches[i].type)));
	}
	return list;
}

static json_t *describe(hwloc_topology_t topo)
{
	json_t *top = json_object();
	char text[1024];

	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++)
		json_object_set_new(top, counted[i].name,
				    json_integer(hwloc_get_nbobjs_by_type(
					    topo, counted[i].type)));
	json_object_set_new(top, "caches", caches_of(topo));
	json_object_set_new(
		top, "synthetic",
		hwloc_topology_export_synthetic(topo, text, sizeof(text), 0) > 0
			? json_string(text)
			: json_null());
	return top;
}

json_t *meas_topology(void)
{
	hwloc_topology_t topo;
	json_t *top;

	/* print no errors: null says the same */
	setenv("HWLOC_HIDE_ERRORS", "2", 0);
	if (hwloc_topology_init(&topo) < 0)
		return json_null();
	top = hwloc_topology_load(topo) < 0 ? json_null() : describe(topo);
	hwloc_topology_destroy(topo);
	return top;
}

#else

json_t *meas_topology(void)
{
	return json_null();
}

#endif
