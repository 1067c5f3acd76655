// Google Benchmark for C: see gbench.h. It uses only the public parts of the
// library, version 1.7 and later. Where versions differ, the compiler chooses.
#include "gbench_inside.h"

#include <cctype>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace
{

// A case keeps copies, since the caller's struct may be gone when it runs.
struct Case {
	std::string name;
	gbench_case c;
};

// Makes a filter that matches the name, alone or with arguments after a slash.
// Escapes all characters that might have a meaning in a filter.
std::string filter_for(const std::string &name)
{
	std::string filter = "^";

	for (char c : name) {
		if (!std::isalnum(static_cast<unsigned char>(c)))
			filter += '\\';
		filter += c;
	}
	return filter + "(/|$)";
}

void run_case(const Case &k, bm::State &s)
{
	gbench_state st{ &s };
	void *fixture = nullptr;
	const char *why = nullptr;

	if (k.c.set_up)
		why = k.c.set_up(&st, k.c.user, &fixture);
	if (why)
		gbench_fail(&st, why);
	if (s.error_occurred())
		while (s.KeepRunning()) // the library requires this loop
			;
	else
		k.c.run(&st, k.c.user, fixture);
	if (k.c.tear_down)
		k.c.tear_down(&st, k.c.user, fixture);
}

// The library takes statistics as plain functions, without user data. So each
// statistic occupies one of these slots, which keep its user data.
constexpr size_t statistics_max = 8;

struct Statistic {
	double (*of)(const double *, size_t, void *);
	void *user;
};

// The registered cases. They must live as long as the library uses them.
std::vector<std::unique_ptr<gbench>> registered;

Statistic statistic[statistics_max];
size_t statistics; // written only by gbench_statistic

template <size_t I> double call_statistic(const std::vector<double> &v)
{
	return statistic[I].of(v.data(), v.size(), statistic[I].user);
}

template <size_t... I>
bm::StatisticsFunc *pick_statistic(size_t i, std::index_sequence<I...>)
{
	static bm::StatisticsFunc *const all[] = { &call_statistic<I>... };

	return all[i];
}

} // namespace

// --- registration ------------------------------------------------------------

struct gbench *gbench_register(const struct gbench_case *c)
{
	gbench *g = nullptr;

	if (!c->name || !c->run)
		return nullptr;
	guard([&] {
		auto k = std::make_shared<Case>(Case{ c->name, *c });

		registered.emplace_back(
			new gbench{ nullptr, filter_for(k->name) });
		registered.back()->b = bm::RegisterBenchmark(
			k->name.c_str(),
			[k](bm::State &s) { run_case(*k, s); });
		g = registered.back().get();
	});
	return g;
}

int gbench_arg(struct gbench *g, int64_t arg)
{
	return guard([&] { g->b->Arg(arg); });
}

// This is checked here, since the library ends the program on a wrong range.
int gbench_range(struct gbench *g, int64_t low, int64_t high, int factor)
{
	if (low < 0 || high < low || factor < 2)
		return -EINVAL;
	return guard([&] { g->b->RangeMultiplier(factor)->Range(low, high); });
}

int gbench_dense_range(struct gbench *g, int64_t low, int64_t high, int step)
{
	if (high < low || step < 1)
		return -EINVAL;
	return guard([&] { g->b->DenseRange(low, high, step); });
}

int gbench_arg_names(struct gbench *g, const char *const *name, size_t n)
{
	return guard([&] {
		g->b->ArgNames(std::vector<std::string>(name, name + n));
	});
}

int gbench_clock(struct gbench *g, enum gbench_clock clock)
{
	return guard([&] {
		if (clock == GBENCH_REAL)
			g->b->UseRealTime();
		else if (clock == GBENCH_MANUAL)
			g->b->UseManualTime();
	});
}

int gbench_unit(struct gbench *g, enum gbench_unit unit)
{
	static const bm::TimeUnit units[] = { bm::kNanosecond, bm::kMicrosecond,
					      bm::kMillisecond, bm::kSecond };

	if (unit < GBENCH_NS || unit > GBENCH_S)
		return -EINVAL;
	return guard([&] { g->b->Unit(units[unit]); });
}

int gbench_iterations(struct gbench *g, int64_t n)
{
	if (n < 1)
		return -EINVAL;
	return guard([&] { g->b->Iterations(n); });
}

int gbench_min_time(struct gbench *g, double seconds)
{
	if (!(seconds > 0))
		return -EINVAL;
	return guard([&] { g->b->MinTime(seconds); });
}

int gbench_repetitions(struct gbench *g, int n)
{
	if (n < 1)
		return -EINVAL;
	return guard([&] { g->b->Repetitions(n); });
}

int gbench_threads(struct gbench *g, int n)
{
	if (n < 1)
		return -EINVAL;
	return guard([&] { g->b->Threads(n); });
}

int gbench_statistic(struct gbench *g, const char *name,
		     double (*of)(const double *, size_t, void *), void *user)
{
	size_t i = 0;

	while (i < statistics &&
	       (statistic[i].of != of || statistic[i].user != user))
		i++;
	if (i == statistics_max)
		return -ENOSPC;
	if (i == statistics)
		statistic[statistics++] = { of, user };
	return guard([&] {
		g->b->ComputeStatistics(
			name,
			pick_statistic(
				i, std::make_index_sequence<statistics_max>{}));
	});
}

// --- within a run ------------------------------------------------------------

bool gbench_next(struct gbench_state *st)
{
	return st->s->KeepRunning();
}

bool gbench_next_batch(struct gbench_state *st, int64_t n)
{
	return st->s->KeepRunningBatch(n);
}

int64_t gbench_wanted(const struct gbench_state *st)
{
	return st->s->max_iterations;
}

int64_t gbench_done(const struct gbench_state *st)
{
	return st->s->iterations();
}

int64_t gbench_arg_at(const struct gbench_state *st, size_t i)
{
	return st->s->range(i);
}

void gbench_set_time(struct gbench_state *st, double seconds)
{
	st->s->SetIterationTime(seconds);
}

void gbench_fail(struct gbench_state *st, const char *why)
{
	if (!st->s->error_occurred())
		guard([&] { st->s->SkipWithError(why); });
}

bool gbench_failed(const struct gbench_state *st)
{
	return st->s->error_occurred();
}

int gbench_set_bytes(struct gbench_state *st, int64_t bytes)
{
	return guard([&] { st->s->SetBytesProcessed(bytes); });
}

int gbench_set_items(struct gbench_state *st, int64_t items)
{
	return guard([&] { st->s->SetItemsProcessed(items); });
}

int gbench_set_label(struct gbench_state *st, const char *label)
{
	return guard([&] { st->s->SetLabel(label); });
}

int gbench_counter(struct gbench_state *st, const char *name, double value,
		   enum gbench_counter_kind kind)
{
	bm::Counter::Flags flags = bm::Counter::kDefaults;

	if (!std::isfinite(value))
		return -EINVAL;
	if (kind == GBENCH_PER_SECOND)
		flags = bm::Counter::kIsRate;
	else if (kind == GBENCH_PER_ITERATION)
		flags = bm::Counter::kAvgIterations;
	return guard(
		[&] { st->s->counters[name] = bm::Counter(value, flags); });
}
