# The tests of bench/fleet source this. It makes hosts on one machine, each with
# a network and a host name of its own. One of them is slow on purpose.
# shellcheck shell=sh disable=SC2154

# These objects must be removed at the end, the processes first.
pids=
names=
slow=

unmake() {
	for pid in $pids; do
		kill -TERM "$pid" 2>/dev/null
	done
	test -z "$slow" || while read -r pid; do
		kill -KILL "$pid" 2>/dev/null
	done <"$slow/cgroup.procs"
	for pid in $pids; do
		wait "$pid" 2>/dev/null
	done
	for name in $names; do
		ip netns del "$name" 2>/dev/null
	done
	ip link del ipcopybr 2>/dev/null
	test -z "$slow" || rmdir "$slow" 2>/dev/null
}

# needs PROGRAM...: skips the whole test if one of them is missing
needs() {
	test "$(id -u)" -eq 0 || {
		echo '1..0 # SKIP hosts of its own need root'
		exit 0
	}
	for program; do
		command -v "$program" >/dev/null || {
			echo "1..0 # SKIP $program is not installed"
			exit 0
		}
	done
	test -x "$top/bench/ipcopy-cell" || {
		echo '1..0 # SKIP built without Google Benchmark'
		exit 0
	}
}

# A bridge that joins all hosts. This machine is 10.77.0.1 on it.
network() {
	ip link add ipcopybr type bridge &&
		ip addr add 10.77.0.1/24 dev ipcopybr &&
		ip link set ipcopybr up
}

# host NAME NUMBER: makes a network of its own, with address 10.77.0.NUMBER
host() {
	ip netns add "$1" && names="$names $1" &&
		ip link add "$1-v" type veth peer name eth0 netns "$1" &&
		ip link set "$1-v" master ipcopybr up &&
		ip -n "$1" addr add "10.77.0.$2/24" dev eth0 &&
		ip -n "$1" link set eth0 up && ip -n "$1" link set lo up
}

# lose NAME: kills the host with all its processes at once
lose() {
	for pid in $(ip netns pids "$1"); do
		kill -KILL "$pid" 2>/dev/null
	done
}

# on NAME COMMAND...: executes COMMAND on the host. Host n3 is slow.
on() {
	host=$1
	shift
	test "$host" != n3 || test -z "$slow" ||
		sh -c 'echo $PPID' >"$slow/cgroup.procs"
	exec nsenter --net="/run/netns/$host" unshare --uts sh -c \
		'hostname "$1"; shift; exec "$@"' sh "$host" "$@"
}

# limit FOLDER: gives the control group a fiftieth of a CPU. A pair uses two CPUs,
# so it is some 100 times as slow. No load of this machine hides that.
limit() {
	if test -e "$1/cpu.cfs_quota_us"; then
		echo 50000 >"$1/cpu.cfs_period_us" &&
			echo 1000 >"$1/cpu.cfs_quota_us"
	else
		echo '1000 50000' >"$1/cpu.max"
	fi
}

# Makes a control group that is slow. False: that is not possible here.
make_slow() {
	for root in /sys/fs/cgroup/cpu /sys/fs/cgroup; do
		mkdir "$root/ipcopy-slow" 2>/dev/null || continue
		if limit "$root/ipcopy-slow" 2>/dev/null; then
			slow=$root/ipcopy-slow
			return 0
		fi
		rmdir "$root/ipcopy-slow"
	done
	return 1
}

# Makes n1, n2 and n3. If that is allowed, this test and its hosts get a higher
# priority than other programs of this machine. Otherwise, another load could
# slow down a host as much as the limit does, or delay this test until a host
# can no longer be killed in the middle of its run.
three_hosts() {
	renice -n -20 -p $$ >out 2>err
	network && host n1 11 && host n2 12 && host n3 13
	result $? 'three hosts have networks of their own'
	make_slow ||
		skip 'no control group can be made here, so no host is slow'
}

# Writes a plan of some seconds. The number of messages is fixed, so that each
# transfer needs more CPU time than the limit gives in a period. Transfers that
# are made to fill a time can become so short that they meet no limit.
put_plan() {
	cat >"$1" <<-'END'
	{ "name": "fleet", "generations": { "min": 6, "max": 6 },
	  "rounds": 4, "budget": "10m",
	  "grids": [ { "mechanisms": ["shm:sync=sem", "pipe", "unix", "null"],
	               "workloads": "stream", "sizes": "64K", "messages": 256,
	               "places": "free" } ] }
	END
}

# until_true SECONDS COMMAND...: waits until COMMAND succeeds
until_true() {
	until=$(($(date +%s) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		test "$(date +%s)" -lt "$until" || return 1
		sleep 0.1
	done
}

# begun RUN LINES: true if the run has that many samples
begun() {
	test "$(wc -l <"$1/samples.csv")" -gt "$2"
}

# whole RUN: true if the run is complete
whole() {
	grep -q '"outcome": "done"' "$1/manifest.json"
}

# Merges the runs of the three hosts.
merge_runs() {
	run verdict runs/*/
	test "$status" -eq 0 && says out '3 hosts measured the plan fleet.'
	result $? 'the three runs have one verdict'
	cp out verdict
	if test -n "$slow"; then
		tr '\n' ' ' <verdict |
			grep -q 'n3 is slower .*it alone has .*cpu_max 1000 50000'
		result $? 'the verdict names the slow host and its limit'
	fi
	run report runs/*/ --output fleet.html
	test "$status" -eq 0 && says fleet.html 'on 3 hosts' &&
		says fleet.html n2
	result $? 'the three runs have one page'
	sed 's/^/# /' verdict
}
