// Declarations for the files that wrap Google Benchmark, and for no others.
#ifndef BENCH_GBENCH_INSIDE_H
#define BENCH_GBENCH_INSIDE_H

#include "gbench.h"

#include <benchmark/benchmark.h>

#include <cerrno>
#include <new>
#include <string>
#include <utility>

namespace bm = benchmark;

// The type that a registration returns. Its namespace depends on the version.
using Registered = std::remove_pointer_t<decltype(bm::RegisterBenchmark(
	"", std::declval<void (*)(bm::State &)>()))>;

struct gbench {
	Registered *b;
	std::string only; // the filter for the name of b
};

struct gbench_state {
	bm::State *s;
};

// Calls f, and turns an exception into an error code.
template <class F> int guard(F f) noexcept
{
	try {
		f();
		return 0;
	} catch (const std::bad_alloc &) {
		return -ENOMEM;
	} catch (...) {
		return -EINVAL;
	}
}

#endif
