#!/bin/sh
# A mechanism is one file and one line. The example of doc/HACKING, under
# another name, goes into the table of a second ipcopy, and every command must
# accept it.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
unset MAKEFLAGS MAKELEVEL

# Builds with the variables of this build, and writes nothing into it.
cat >Makefile <<'END'
include Makefile
archive = $(W)/libipcopy.a
INCLUDES = -I$(W)
with = $(subst libipcopy.a,$(archive),$(1)) $(LIBS)
program:
	cp libipcopy.a $(archive)
	cd $(W) && $(AR) d libipcopy.a mechanisms.o
	$(COMPILE) -c -o $(W)/tube.o $(W)/tube.c
	$(COMPILE) -c -o $(W)/with_tube.o $(srcdir)/src/transport/mechanisms.c
	$(AR) r $(archive) $(W)/tube.o $(W)/with_tube.o
	$(CCLD) $(AM_CFLAGS) $(CFLAGS) $(AM_LDFLAGS) $(LDFLAGS) \
		-o $(W)/ipcopy $(ipcopy_OBJECTS) $(call with,$(ipcopy_LDADD))
cell:
	$(CCLD) $(AM_CFLAGS) $(CFLAGS) $(AM_LDFLAGS) $(LDFLAGS) \
		-o $(W)/ipcopy-cell $(bench_ipcopy_cell_OBJECTS) \
		$(call with,$(bench_ipcopy_cell_LDADD))
END
build() {
	make -s -C "$top" -f "$work/Makefile" W="$work" "$1" >out 2>err
	status=$?
}

# add the file and the line
sed 's/tr_unix/tr_tube/g; s/"unix"/"tube"/' "$here/src/transport/unix.c" >tube.c
mkdir transport
sed 's/^TR(unix)$/&\nTR(tube)/' "$top/src/transport/list.h" >transport/list.h
build program
result $status 'a program with one more mechanism is built'
test "$status" -eq 0 || finish
ipcopy=$work/ipcopy

run list tube
test "$status" -eq 0 && says out 'tube: AF_UNIX stream socket'
result $? 'list shows the new mechanism'
run copy in out.copy --via tube
copied out.copy
result $? 'copy works with the new mechanism'
run explain tube --ascii --predicted
test "$status" -eq 0 && says out 'unix socket'
result $? 'explain draws the new mechanism'
run count --via tube
if test "$status" -eq 4; then
	skip "nothing is counted here: $(cat err)"
else
	says out '4.000 copies per delivered byte'
	result $? 'the count of the new mechanism agrees with its prediction'
fi

if ! test -x "$top/bench/ipcopy-cell"; then
	skip 'built without Google Benchmark: nothing is measured'
	finish
fi
build cell
result $status 'the measuring program with the new mechanism is built'
IPCOPY_CELL=$work/ipcopy-cell
export IPCOPY_CELL
cat >plan.json <<'END'
{ "name": "two", "generations": { "min": 3, "max": 3 }, "rounds": 3, "transfer": "1ms",
  "grids": [ { "mechanisms": ["shm:sync=sem", "tube"], "sizes": "4K",
               "workloads": "file", "sinks": "over", "bytes": "1M",
               "places": "free" } ] }
END
run bench plan.json --output r --dir "$work"
test "$status" -eq 0 && test "$(grep -c 'tube:.*,ok,' r/samples.csv)" -ge 3 &&
	! grep -q ,failed, r/samples.csv
result $? 'bench measures the new mechanism'
"$top/tests/schema" "$here/doc/manifest.schema.json" r/manifest.json 2>err
status=$?
result $status 'the manifest describes the new mechanism'
if command -v gnuplot >/dev/null; then
	run plot r
	test "$status" -eq 0 && grep -lq tube r/plots/*.svg
	result $? 'plot draws the new mechanism'
else
	skip 'no gnuplot to draw it with'
fi
finish
