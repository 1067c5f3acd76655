/*
 * Fuzz target: plans with spoilt values, through `ipcopy bench --dry-run`. This
 * command reads a plan, lays out its cells and shows them. It measures nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "fuzz_command.h"
#include "fuzz_twist.h"

#define PLANS 2

const char fuzz_name[] = "plan";
const unsigned fuzz_inputs = 200;

/* Read once, before the first input. */
static json_t *plans[PLANS];

/* A plan that uses all keys and is laid out quickly. */
static const char own[] =
	"{ \"name\": \"own\", \"about\": \"all keys\", \"rounds\": 12,"
	" \"generations\": { \"min\": 8, \"max\": 40 }, \"budget\": \"5m\","
	" \"precision\": \"2%\", \"margin\": \"3%\", \"level\": 0.95,"
	" \"alpha\": 0.05, \"transfer\": \"3ms\", \"timeout\": \"30s\","
	" \"grids\": [ { \"mechanisms\": [ \"shm:sync=futex\", \"pipe\" ],"
	" \"sizes\": [ \"4K\", 65536 ], \"depths\": [ 1, \"deep\" ],"
	" \"workloads\": [ \"stream\", \"pingpong\" ],"
	" \"waits\": [ \"block\", \"spin\" ],"
	" \"places\": [ \"free\" ], \"pairs\": [ 1, 2 ] },"
	" { \"mechanisms\": \"splice\", \"sizes\": \"64K\","
	" \"workloads\": \"file\", \"sinks\": [ \"new\", \"null\" ],"
	" \"caches\": \"cold\", \"places\": \"free\" } ] }";

static json_t *load(const char *name)
{
	char path[600];
	json_t *plan =
		json_load_file(fuzz_source(name, path, sizeof(path)), 0, NULL);

	if (!plan)
		fuzz_broken("%s cannot be read", path);
	return plan;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_begin();
	fuzz_enter();
	plans[0] = json_loads(own, 0, NULL);
	plans[1] = load("bench/plans/quick.json");
	fuzz_leave();
	return plans[0] ? 0 : 1;
}

static char *dump(const json_t *plan, size_t *len)
{
	char *text = json_dumps(plan, JSON_ENCODE_ANY | JSON_INDENT(1));

	*len = text ? strlen(text) : 0;
	return text ? text : calloc(1, 1);
}

static void show(struct script *s)
{
	static const char *const formats[] = { "table", "json", "csv" };
	struct fuzz_said said;

	fuzz_command(&said, &cmd_bench, "--dry-run", "plan.json", "--format",
		     formats[script_u8(s) % 3], "--seed", "7", NULL);
	fuzz_said_free(&said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script s = { data, size };
	json_t *plan = json_deep_copy(plans[script_u8(&s) % PLANS]);
	uint8_t changes = script_u8(&s);
	size_t len;
	char *text;

	for (int i = changes % 8; i > 0; i--)
		twist_json(&plan, &s);
	text = dump(plan, &len);
	if (changes & 0x80)
		twist_text(&text, &len, &s);
	fuzz_enter();
	fuzz_put("plan.json", text, len);
	show(&s);
	fuzz_leave();
	free(text);
	json_decref(plan);
	return 0;
}
