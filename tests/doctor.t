#!/bin/sh
# The doctor on a made-up machine: what it finds, and that it changes nothing.
# shellcheck source=tests/tap.sh
. "${top_srcdir:-.}/tests/tap.sh"
IPCOPY_DOCTOR_ROOT=$work/root
export IPCOPY_DOCTOR_ROOT

# put PATH TEXT: makes a file of the made-up machine.
put() {
	mkdir -p "root${1%/*}"
	printf '%s\n' "$2" >"root$1"
}

# finds NAME VALUE STATE COMMAND: a test of one line of the CSV.
finds() {
	awk -F, -v name="$1" '$1 == name' out >line
	says line "$1,$2,$3," && says line "$4"
	result $? "$1 is $2: $3${4:+, $4}"
}

cpus=/sys/devices/system/cpu
put $cpus/cpu0/cpufreq/scaling_governor performance
put $cpus/cpu1/cpufreq/scaling_governor powersave
put $cpus/intel_pstate/no_turbo 0
put $cpus/smt/active 1
put /sys/devices/system/clocksource/clocksource0/current_clocksource hpet
put /sys/devices/system/clocksource/clocksource0/available_clocksource 'tsc hpet'
put /proc/sys/kernel/randomize_va_space 0
put /proc/sys/kernel/numa_balancing 1
put /sys/kernel/mm/transparent_hugepage/enabled '[always] madvise never'
put /proc/self/cgroup 0::/job
put /sys/fs/cgroup/cgroup.controllers 'cpu memory'
put /sys/fs/cgroup/job/cpu.max '50000 100000'
put /sys/fs/cgroup/memory.max 134217728
put /proc/sys/fs/mqueue/msg_max 10
put /proc/sys/fs/mqueue/msgsize_max 8192
put /proc/sys/fs/pipe-max-size 65536
put /proc/sys/kernel/yama/ptrace_scope 2
put /proc/sys/kernel/io_uring_disabled 2
put /proc/loadavg '900.5 900 900 1/2 3'
put /proc/stat 'cpu 100 0 100 700 0 0 0 100 0 0'
put /proc/meminfo 'SwapTotal: 1048576 kB
SwapFree: 524288 kB
MemAvailable: 204800 kB'
find root -type f -exec cksum {} + | sort >before-it
run doctor --format csv
test "$status" -eq 0
result $? 'on a machine with problems doctor ends with status 0'
finds governor powersave disturbs 'echo performance | tee'
finds turbo on disturbs 'echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo'
finds 'SMT siblings' on disturbs 'echo off > /sys/devices/system/cpu/smt/control'
finds clock hpet disturbs 'echo tsc > '
finds 'address layout' fixed disturbs 'sysctl -w kernel.randomize_va_space=2'
finds 'NUMA balancing' on disturbs 'sysctl -w kernel.numa_balancing=0'
finds 'isolated CPUs' none note ',"no CPU was isolated at boot, so '
finds 'huge pages' always disturbs 'echo madvise > '
finds 'CPU quota' '0.50 CPUs' disturbs 'echo max > /sys/fs/cgroup/job/cpu.max'
finds 'memory limit' '128 MiB' limits 'echo max > /sys/fs/cgroup/memory.max'
finds 'swap in use' '512 MiB of 1024 MiB' disturbs 'swapoff -a'
finds 'stolen time' '10.00 % since boot' disturbs ''
finds 'memory available' '200 MiB' limits 'ps -eo'
finds 'mq messages' 10 limits 'sysctl -w fs.mqueue.msg_max=256'
finds 'mq message size' 8K limits 'sysctl -w fs.mqueue.msgsize_max=1048576'
finds 'pipe capacity' 64K limits 'sysctl -w fs.pipe-max-size=1048576'
finds ptrace 'ptrace_scope 2' limits 'sysctl -w kernel.yama.ptrace_scope=1'
finds io_uring forbidden limits 'sysctl -w kernel.io_uring_disabled=0'
says out 'load,900.50 on '
result $? 'doctor reports the load with the number of CPUs'
find root -type f -exec cksum {} + | sort | cmp -s - before-it
result $? 'doctor changes nothing'

PATH=/nowhere run doctor --format csv
finds gnuplot missing limits 'apt-get install gnuplot-nox'
finds hyperfine missing limits 'apt-get install hyperfine'

put $cpus/cpu1/cpufreq/scaling_governor performance
put $cpus/intel_pstate/no_turbo 1
put $cpus/smt/active 0
put $cpus/isolated 2-3
put /proc/loadavg '0.00 0 0 1/2 3'
put /sys/fs/cgroup/job/cpu.max 'max 100000'
put /sys/fs/cgroup/memory.max max
run doctor --format csv
finds governor performance good ''
finds turbo off good ''
finds 'SMT siblings' none good ''
finds 'isolated CPUs' 2-3 good ',"on CPUs that were isolated at boot, a process'
finds 'CPU quota' none good ''
finds 'memory limit' none good ''
rm -r root
run doctor --format csv
finds governor 'cannot be seen' unknown ''

if command -v taskset >/dev/null; then
	taskset -c "$(taskset -cp $$ | sed 's/.*: *//;s/[-,].*//')" \
		"$ipcopy" doctor --format csv >out 2>err
	awk -F, '$1 == "CPUs allowed"' out >line
	says line '1 of ' && says line ,limits,
	result $? 'doctor says that the process is tied to one CPU'
else
	skip 'no taskset'
fi

unset IPCOPY_DOCTOR_ROOT
run doctor
test "$status" -eq 0 && says out 'Nothing was changed.' &&
	! awk 'length > 110' out | grep -q .
result $? 'the table has the commands'
finish
