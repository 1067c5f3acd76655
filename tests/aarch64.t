#!/bin/sh
# bench/aarch64 with made-up output of guests: it must report trials that
# failed, and guests that did not end. Real guests need an emulator.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
aarch64=$here/bench/aarch64

# tap QEMU-STATUS: turns the console into TAP, after two trials of another
# kernel
tap() {
	awk -v kernel=k -v n=2 -v qemu="$1" -f "$aarch64/tap.awk" console \
		>out 2>err
	status=$?
}

printf '%s\r\n' 'SAID Linux 6' 'TRIED pass pipe copies' 'noise' \
	'TRIED skip mq copies: no queue' 'TRIED FAIL shm copies: status 1: why' \
	'TRIED-ALL' >console
tap 0
cat >expected <<'END'
# k: Linux 6
ok 3 - k: pipe copies
ok 4 # SKIP k: mq copies: no queue
not ok 5 - k: shm copies: status 1: why
END
cmp -s out expected && ! test -s err
result $? 'a trial that passed, one that cannot be, and one that failed'
sed -i '/^TRIED-ALL/d' console
tap 124
tail -n 1 out | grep -q '^not ok 6 - k: the guest did not come to its end.*124'
result $? 'a guest that is stopped in the middle has failed'
echo TRIED-ALL >>console
tap 1
tail -n 1 out | grep -q '^not ok 6 - .*status of QEMU 1'
result $? 'an emulator that ends with an error has failed'

# refuses STATUS WORDS PROGRAM ARGUMENT...: a test that the program refuses the
# arguments in one line with these words
refuses() {
	expected=$1 words=$2
	shift 2
	"$@" >out 2>err </dev/null
	status=$?
	test "$status" -eq "$expected" && test "$(wc -l <err)" -eq 1 &&
		says err "$words" && ! test -s out
	result $? "refused: $words"
}

run=$aarch64/run
refuses 2 "'trixie-4k' is not known; allowed: bookworm trixie" \
	"$run" --kernels trixie,trixie-4k
refuses 2 '--kernels is empty; allowed:' "$run" --kernels ''
refuses 2 "'fly' is not known; allowed: copy count lab bench quick truth" \
	"$run" --trials fly
refuses 2 "'soon' is not a number of seconds" "$run" --seconds soon
refuses 2 '--cache needs a value' "$run" --cache
refuses 2 "'--fast' is not known; see --help" "$run" --fast
refuses 2 "'--fast' is not known; allowed: --cache --help" \
	"$here/bench/guest/kernel-64k" --fast

mkdir empty
for program in dirname mktemp rm; do
	ln -s "$(command -v "$program")" empty
done
bash=$(command -v bash)
refuses 4 'qemu-system-aarch64 is not installed' \
	env PATH="$work/empty" "$bash" "$run"

# This takes minutes of CPU time and fetches packages, so it runs only on
# request.
if test -z "${REFEREE_BOOT:-}"; then
	skip 'REFEREE_BOOT is not set: no kernel is booted'
else
	"$run" --short --build "${top_builddir:-.}/build-arm64" >out 2>err
	status=$?
	result "$status" 'six mechanisms copy and are counted on aarch64'
fi
finish
