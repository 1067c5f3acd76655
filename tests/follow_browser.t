#!/bin/sh
# Steps through pages that follow a byte, in a headless browser. FOLLOW=all
# tries all mechanisms and many commands (make check-follow); otherwise a few.
here=$(cd "${top_srcdir:-.}" && pwd)

skip_all() {
	echo "1..0 # SKIP $*"
	exit
}

command -v node >/dev/null || skip_all 'no node to drive a browser with'
for browser in chromium chromium-browser google-chrome; do
	command -v "$browser" >/dev/null && break
	browser=
done
test -n "$browser" || skip_all 'no chromium'

# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
mkdir tmp pages
TMPDIR=$work/tmp
export TMPDIR
head -c 300000 /dev/urandom | base64 >in
"$ipcopy" count -- cat in >/dev/null 2>err || skip_all "$(cat err)"

# page NAME ARGUMENT...: makes a page and, from the same count, its numbers
wanted=1
page() {
	name=$1
	shift
	wanted=$((wanted + 1))
	"$ipcopy" count --page "pages/$name.html" --format json "$@" \
		>"pages/$name.json" 2>err
	test -s "pages/$name.html" || echo "# no page: $* $(cat err)" >&2
}

n=0
command_page() {
	n=$((n + 1))
	rm -rf out out2 fifo
	page "command-$n" --in in --out out -- sh -c "$1"
}

if test "${FOLLOW-}" = all; then
	# null moves nothing, so it has no page
	mechanisms=$("$ipcopy" list --format csv | sed '1d; /^null,/d; s/,.*//')
	settings='shm:depth=1 shm:depth=4 shm:buffers=private shm:sync=sysv-sem
		shm:sync=spin,wait=spin shm:region=memfd mq:depth=2'
else
	mechanisms='pipe splice mapout'
	"$ipcopy" count --via cma >/dev/null 2>err &&
		mechanisms="$mechanisms cma"
	settings='shm:depth=1 shm:depth=4'
fi
for spec in $mechanisms $settings; do
	"$ipcopy" explain "$spec" --predicted >/dev/null 2>&1 || continue
	page "$(echo "$spec" | tr ':=,' '---')" --via "$spec"
done
while read -r line; do
	command_page "$line"
	test "${FOLLOW-}" = all || test "$n" -lt 3 || break
done <<'END'
cat in | tee out2 | dd of=out bs=7k 2>/dev/null
cat < in | cat | cat > out
cp --reflink=never in out
cat in > out
cp in out
dd if=in of=out bs=4k 2>/dev/null
dd if=in of=out bs=1000 2>/dev/null
dd if=in of=out bs=64k iflag=fullblock 2>/dev/null
cat in | dd of=out bs=512 2>/dev/null
cat < in | cat > out
cat < in | cat | cat | cat > out
mkfifo fifo; cat in > fifo & cat fifo > out; wait
tee out < in > out2
tee out2 < in > out
cat in | tee out2 > out
head -c 100000 in > out
tail -c 100000 in > out
head -n 1000 in | cat > out
install in out
mv in out2; cat out2 > out; mv out2 in
cat in in > out
cat in | cat - > out
rsync in out 2>/dev/null || cat in > out
bash -c 'cat < in | (cat > out)'
python3 -c 'import shutil; shutil.copyfile("in", "out")'
python3 -c 'open("out","wb").write(open("in","rb").read())'
perl -pe '1' in > out
awk '{ print }' in > out
grep '' in > out
sed '' in > out
sort -m in > out
tar cf - in | tar xOf - > out
gzip -c in | gzip -dc > out
split -b 100k in out2. && cat out2.* > out
xargs -a in true; cat in > out
END
"$ipcopy" explain shm:depth=1 shm:depth=4 --page pages/two.html >/dev/null ||
	echo '# no page of two' >&2
node "$here/tests/follow_browser.js" "$browser" "$work" "$wanted"
