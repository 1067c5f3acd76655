// Google Benchmark for C: runs the registered cases and reports the results.
#include "gbench_inside.h"

#include <memory>
#include <utility>
#include <vector>

namespace
{

// Version 1.7 has error_occurred and error_message; 1.8 and later have skipped
// and skip_message.
using Run = bm::BenchmarkReporter::Run;

template <class R>
auto has_failed(const R &r, int) -> decltype(bool(r.error_occurred))
{
	return r.error_occurred;
}

template <class R>
auto has_failed(const R &r, long) -> decltype(bool(r.skipped))
{
	return bool(r.skipped);
}

template <class R>
auto reason(const R &r, int) -> decltype(r.error_message.c_str())
{
	return r.error_message.c_str();
}

template <class R>
auto reason(const R &r, long) -> decltype(r.skip_message.c_str())
{
	return r.skip_message.c_str();
}

// Old versions of the library own the default reporter. Newer versions hand it
// over to the caller.
[[maybe_unused]] bm::BenchmarkReporter *
hold(bm::BenchmarkReporter *r, std::unique_ptr<bm::BenchmarkReporter> &)
{
	return r;
}

[[maybe_unused]] bm::BenchmarkReporter *
hold(std::unique_ptr<bm::BenchmarkReporter> r,
     std::unique_ptr<bm::BenchmarkReporter> &keep)
{
	keep = std::move(r);
	return keep.get();
}

class Reporter final : public bm::BenchmarkReporter
{
      public:
	Reporter(bool show, gbench_report *report, void *user)
	    : report_(report), user_(user)
	{
		if (show)
			inner_ =
				hold(bm::CreateDefaultDisplayReporter(), keep_);
	}

	bool ReportContext(const Context &c) override
	{
		return inner_ ? inner_->ReportContext(c) : true;
	}

	void ReportRuns(const std::vector<Run> &runs) override
	{
		for (const Run &r : runs)
			Tell(r);
		if (inner_)
			inner_->ReportRuns(runs);
	}

	void Finalize() override
	{
		if (inner_)
			inner_->Finalize();
	}

	gbench_summary sum{};

      private:
	void Tell(const Run &r)
	{
		const std::string name = r.benchmark_name();
		const double unit = 1 / bm::GetTimeUnitMultiplier(r.time_unit);
		std::vector<gbench_counter_value> counter;
		gbench_result g{};

		sum.results++;
		sum.errors += has_failed(r, 0);
		if (!report_)
			return;
		for (const auto &c : r.counters)
			counter.push_back({ c.first.c_str(), c.second.value });
		g.name = name.c_str();
		if (!r.report_label.empty())
			g.label = r.report_label.c_str();
		if (r.run_type == Run::RT_Aggregate)
			g.aggregate = r.aggregate_name.c_str();
		if (has_failed(r, 0))
			g.error = reason(r, 0);
		g.iterations = r.iterations;
		g.repetition = r.repetition_index;
		g.real_s = r.GetAdjustedRealTime() * unit;
		g.cpu_s = r.GetAdjustedCPUTime() * unit;
		g.counter = counter.data();
		g.counters = counter.size();
		report_(&g, user_);
	}

	std::unique_ptr<bm::BenchmarkReporter> keep_;
	bm::BenchmarkReporter *inner_ = nullptr;
	gbench_report *report_;
	void *user_;
};

} // namespace

// --- the process -------------------------------------------------------------

int gbench_init(int *argc, char **argv)
{
	return guard([&] { bm::Initialize(argc, argv); });
}

int gbench_context(const char *key, const char *value)
{
	return guard([&] { bm::AddCustomContext(key, value); });
}

int gbench_run(bool show, gbench_report *report, void *user,
	       struct gbench_summary *sum)
{
	return guard([&] {
		Reporter r(show, report, user);

		r.sum.matched = bm::RunSpecifiedBenchmarks(
			&r, bm::GetBenchmarkFilter());
		if (sum)
			*sum = r.sum;
	});
}

int gbench_run_one(const struct gbench *g, gbench_report *report, void *user)
{
	return guard([&] {
		Reporter r(false, report, user);

		bm::RunSpecifiedBenchmarks(&r, g->only);
	});
}

void gbench_end(void)
{
	guard([] { bm::Shutdown(); });
}
