#!/bin/sh
# bench/fleet/slurm with a cluster of three nodes on this machine. One node is
# slow, and one is killed in the middle of its run. The merged report must be
# complete.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
# shellcheck source=tests/fleet_cluster.sh
. "$here/tests/fleet_cluster.sh"
trap 'unmake; rm -rf "$work"' EXIT
needs slurmctld slurmd sbatch scontrol sdiag munged ip nsenter unshare
PATH=$top:$PATH
export PATH
unset IPCOPY_CELL XDG_RUNTIME_DIR

# --- a cluster ----------------------------------------------------------------

chmod 755 "$work"
mkdir state runs
head -c 1024 /dev/urandom >munge.key
chmod 600 munge.key
munged --foreground --force --key-file="$work/munge.key" \
	--socket="$work/munge.sock" --pid-file="$work/munge.pid" \
	--log-file="$work/munge.log" --seed-file="$work/munge.seed" \
	>munged.out 2>&1 &
pids="$pids $!"
cat >slurm.conf <<END
ClusterName=made-up
SlurmctldHost=$(uname -n)(10.77.0.1)
SlurmctldPort=16817
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge.sock
CryptoType=crypto/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool.%n
SlurmdPidFile=$work/slurmd.%n.pid
SlurmctldPidFile=$work/slurmctld.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/linear
ReturnToService=2
SlurmdTimeout=10
KillWait=5
MinJobAge=3600
JobRequeue=1
SwitchType=switch/none
NodeName=n1 NodeAddr=10.77.0.11 Port=16818 CPUs=2 State=UNKNOWN
NodeName=n2 NodeAddr=10.77.0.12 Port=16818 CPUs=2 State=UNKNOWN
NodeName=n3 NodeAddr=10.77.0.13 Port=16818 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=n1,n2,n3 Default=YES MaxTime=INFINITE State=UP
END
SLURM_CONF=$work/slurm.conf
export SLURM_CONF

# node NAME: starts a node. Its processes are a session of their own.
node() {
	on "$1" setsid slurmd -D -N "$1" >"slurmd.$1.out" 2>&1 &
	pids="$pids $!"
}

three_hosts
slurmctld -D >slurmctld.out 2>&1 &
pids="$pids $!"
for name in n1 n2 n3; do
	node "$name"
done

# shellcheck disable=SC2317,SC2329 # until_true calls it
nodes_are() {
	test "$(sinfo --noheader --Node --format %t | grep -c "^$1")" -eq 3
}
until_true 30 nodes_are idle
status=$?
sinfo >out 2>err
tail -n 4 munged.out slurmctld.log slurmd.n1.log >>err
result $status 'three nodes are idle'
test "$status" -eq 0 || finish

# --- the job ------------------------------------------------------------------

put_plan plan.json
SBATCH_ARRAY_MOST=1 "$here/bench/fleet/slurm" "$work/plan.json" "$work/runs" \
	n1 n2 n3 >out 2>err
status=$?
job=$(cat out)
result $status 'the array job has one task for each node'
until_true 240 begun runs/n2 30
result $? 'the second node is in the middle of its run'

# shellcheck disable=SC2317,SC2329 # until_true calls it
waits_again() {
	squeue --noheader --array --format '%K %t' | grep -q '^1 PD'
}
lose n2
until_true 60 waits_again
result $? 'the second node is lost, and its task waits again'
node n2
until_true 60 nodes_are idle
# shellcheck disable=SC2317,SC2329 # until_true calls it
has_told_all() {
	test "$(sdiag | grep -c '^Agent \(queue size\|count\): *0$')" -eq 2
}
# slurmctld still sends the node messages to end the lost task. Waits until all
# are sent, or else they would end the next try.
until_true 120 has_told_all
# Slurm would wait two minutes, in case the node is lost again.
scontrol update "JobId=${job}_1" StartTime=now >out 2>err

# shellcheck disable=SC2317,SC2329 # until_true calls it
none_left() {
	test -z "$(squeue --noheader --jobs "$job")"
}
until_true 400 none_left
status=$?
scontrol show job "$job" >out 2>err
cat runs/*.log >>err
result $status 'the job ends although a node was lost'
whole runs/n1 && whole runs/n2 && whole runs/n3
result $? 'three runs are complete'
grep -A 12 '"resumed"' runs/n2/manifest.json >out
says out '"samples": ' && says out "\"of\": \"$job\"" &&
	says out '"attempt": "1"'
result $? 'the run of the lost node was continued by the same job'
grep -A 8 '"job"' runs/n1/manifest.json >out
says out '"system": "slurm"' && says out '"task": "0"'
result $? 'each manifest names the job that made it'
merge_runs
finish
