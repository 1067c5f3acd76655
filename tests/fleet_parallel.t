#!/bin/sh
# bench/fleet/parallel with three hosts on this machine, which ssh reaches. One
# host is slow, and one is killed in the middle of its run. The merged report
# must be complete.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
# shellcheck source=tests/fleet_cluster.sh
. "$here/tests/fleet_cluster.sh"
trap 'test -z "$child" || kill "$child"; unmake; rm -rf "$work"' EXIT
needs parallel ssh ssh-keygen /usr/sbin/sshd ip nsenter unshare tar
parallel --version 2>/dev/null | grep -q 'GNU parallel' || {
	echo '1..0 # SKIP this parallel is not GNU parallel'
	exit 0
}
unset IPCOPY_CELL XDG_RUNTIME_DIR
chmod 755 "$work"
mkdir -p /run/sshd

# --- hosts --------------------------------------------------------------------

ssh-keygen -q -t ed25519 -N '' -f host_key
ssh-keygen -q -t ed25519 -N '' -f key
cp key.pub authorized
chmod 600 authorized

# start NAME: starts sshd on a host, with a home of its own.
start() {
	mkdir -p "home.$1"
	cat >"sshd.$1" <<-END
	HostKey $work/host_key
	PidFile none
	AuthorizedKeysFile $work/authorized
	StrictModes no
	UsePAM no
	PermitRootLogin yes
	SetEnv PATH=$top:/usr/bin:/bin
	ForceCommand cd $work/home.$1 && eval "\$SSH_ORIGINAL_COMMAND"
	END
	on "$1" /usr/sbin/sshd -D -e -f "$work/sshd.$1" >>"sshd.$1.log" 2>&1 &
	pids="$pids $!"
}

three_hosts
cat >ssh_config <<END
Host n1
	HostName 10.77.0.11
Host n2
	HostName 10.77.0.12
Host n3
	HostName 10.77.0.13
Host *
	User root
	IdentityFile $work/key
	UserKnownHostsFile $work/known
	StrictHostKeyChecking accept-new
	ConnectTimeout 30
	ConnectionAttempts 20
	ServerAliveInterval 10
	BatchMode yes
END
SSH="ssh -F $work/ssh_config"
export SSH
for name in n1 n2 n3; do
	start "$name"
done
for name in n1 n2 n3; do
	# shellcheck disable=SC2086 # the program and its options
	until_true 20 $SSH "$name" true
done
test "$($SSH n2 'uname -n; pwd' | tr '\n' ' ')" = "n2 $work/home.n2 "
result $? 'ssh reaches each host'

# --- the job ------------------------------------------------------------------

put_plan plan.json
JOBS=1 "$here/bench/fleet/parallel" plan.json runs n1 n2 n3 >out 2>err \
	</dev/null &
child=$!
until_true 240 begun home.n2/ipcopy-fleet-runs 30
result $? 'the second host is in the middle of its run'
lose n2
start n2
wait "$child"
status=$?
child=
cat runs.log >>err
result "$status" 'the job ends although the second host is lost and comes back'
whole runs/n1 && whole runs/n2 && whole runs/n3
result $? 'three runs are complete'
grep -A 12 '"resumed"' runs/n2/manifest.json >out
says out '"samples": '
result $? 'the run of the lost host was continued'
ls home.n1 home.n2 home.n3 >out
! says out ipcopy
result $? 'no host keeps a file of ipcopy'
merge_runs
finish
