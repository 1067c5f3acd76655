#!/bin/sh
# ipcopy plot: figures of made-up runs, awkward ones too, and broken gnuplots.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

made_up() {
	"$here/tests/made_up_run" "$@"
}

if ! command -v gnuplot >/dev/null; then
	echo '1..0 # SKIP no gnuplot to draw with'
	exit
fi
kinds='plain one many ties undecided failed wide names'
for kind in $kinds still later; do
	made_up "$kind" "$kind"
done

# --- what is drawn -----------------------------------------------------------

whole_svgs() {
	for svg in "$1"/plots/*.svg; do
		tail -n 2 "$svg" | grep -q "^</svg>" || return
		! grep -q 'Gnuplot</title>' "$svg" || return
	done
}

well_formed() {
	python3 - "$1"/plots/*.svg 2>err <<-'EOF'
		import sys, xml.parsers.expat
		for name in sys.argv[1:]:
		    xml.parsers.expat.ParserCreate().ParseFile(open(name, "rb"))
	EOF
}

for kind in $kinds; do
	run plot "$kind" --format svg,gp
	test "$status" -eq 0 && test "$(grep -c '\.svg$' out)" -ge 6 &&
		whole_svgs "$kind"
	result $? "a run of kind '$kind' is drawn"
	if command -v python3 >/dev/null; then
		well_formed "$kind"
		result $? "its figures are well-formed XML"
	fi
	run plot "$kind" --column --format svg,gp --output "$kind-column"
	test "$status" -eq 0
	result $? "and fit a column"
	"$top/tests/label_boxes" "$kind"/plots/*.gp "$kind-column"/*.gp \
		>out 2>err
	result $? "no label lies over another one"
done

title() {
	sed -n 's,^<title>\(.*\)</title>$,\1,p' "$1" | head -n 1
}

# counted RUN: the headline of its map has the numbers that the map has.
counted() {
	title "$1/plots/map.svg" >out
	for outcome in faster slower equivalent undecided; do
		number=$(grep -o "\"pays_from_bytes\".*\"outcome\": \"$outcome\"" \
			"$1/verdict.json" | wc -l)
		case $outcome,$number in
		faster,0) words='fastest in none of' ;;
		faster,*) words="fastest in $number of" ;;
		slower,*) words="beaten in $number" ;;
		equivalent,0 | undecided,0) continue ;;
		equivalent,*) words="as fast as its best rival in $number" ;;
		undecided,1) words="1 is undecided" ;;
		*) words="$number are undecided" ;;
		esac
		says out "$words" || return
	done
}

for kind in plain wide ties undecided failed; do
	counted "$kind"
	result $? "$kind: the headline of the map has the map's own numbers"
done
title one/plots/map.svg >out
says out 'No condition of this run has both'
result $? 'a ring without a rival wins nothing'
title wide/plots/throughput.svg >out
says out ' times as fast as shm '
result $? 'where rings lose, the headline says so'
title ties/plots/throughput.svg >out
says out ' is as fast as '
result $? 'a tie is called a tie'
title undecided/plots/throughput.svg >out
says out 'undecided'
result $? 'an undecided comparison is called undecided'

# headline_ratio FIGURE CONDITION: the headline has the ratio that the map has
# for a condition, that of the better of the two.
headline_ratio() {
	line=$(grep "$2" plain/verdict.json | grep pays_from_bytes)
	ratio=$(echo "$line" | sed 's/.*"ratio": \([0-9.]*\).*/\1/' |
		awk '{ r = $1 < 1 ? 1 / $1 : $1
			printf r < 9.995 ? "%.2f" : "%.0f", r }')
	title "plain/plots/$1.svg" >out
	test -n "$line" && says out "$ratio times as fast"
}

at='"stream", "sink": "-", "cache": "hot", "size_bytes"'
wait='"wait": "block", "place": "core"'
headline_ratio depth "$at: 4096, \"depth\": \"1\", $wait, \"pairs\": 1"
result $? 'the figure of depths has the ratio of the map, at one end'
headline_ratio depth "$at: 4096, \"depth\": \"64\", $wait, \"pairs\": 1"
result $? 'and at the other'
headline_ratio pairs "$at: 65536, \"depth\": \"deep\", $wait, \"pairs\": 4"
result $? 'so has the figure of pairs'

# --- what is drawn of many lines ---------------------------------------------

cp many/plots/throughput.gp out
sed -n 's/^array FIRST.*= \[\(.*\)\]$/\1/p' out | tr -d ' ' |
	awk -F, '{ for (i = 2; i <= NF; i++) if ($i - $(i - 1) > 8) exit 1 }
		END { exit NR != 1 }'
result $? 'no panel has more than eight lines'
for label in sysvmq tcp-zerocopy 'shm named-sem' fifo; do
	says out "$label"
	result $? "$label, which has no line, is named"
done

cp names/plots/throughput.svg out
# shellcheck disable=SC2016
says out '`id` $(id) @x' && says out 'my_own_ring' && says out 'a{b}^c_~d'
result $? 'labels are drawn as they are: no markup, no commands'
says out '&lt;b>&amp;amp;&lt;/b>' && ! says out '<b>'
result $? 'and are no XML'

cp plain/plots/throughput.svg out
says out 'best ring falls behind best other at 1'
result $? 'it says where two mechanisms change places'
cp wide/plots/throughput.svg out
! says out 'best other at'
result $? 'and nothing where they do not'

# --- copies, time, start-up, latency -----------------------------------------

# without WORDS: puts plain, without the cells of these mechanisms, into few/.
without() {
	mkdir -p few
	cp plain/*.csv plain/*.json few
	grep -vE "$1" plain/summary.csv >few/summary.csv
}

band=0xd6e8f3
cp plain/plots/copies.gp out
says out "$band"
result $? 'four counts of copies have a line'
without ',(cma|splice|vmsplice|fdpass|mapboth),'
run plot few --figure copies --format svg,gp --output gp
cp gp/copies.gp out
title gp/copies.svg >err
! says out "$band" && says err 'A byte costs from ' && ! says err 'each'
result $? 'two counts have none, and the headline says nothing of it'
title wide/plots/copies.svg >out
says out 'More copies do not cost more here' && ! says out '-'
result $? 'where more copies cost less the headline says so'

# Ends of bars by their upper edge, and the whisker below the upper bar.
cat >bars.awk <<'EOF'
/^set object rect/ && /0x08406a|0x5fa8d3|0xe0e0e0/ {
	split($5, from, ",")
	split($7, to, ",")
	# the key has squares
	if (to[2] - from[2] > 8)
		next
	y = int(from[2])
	if (to[1] > end[y])
		end[y] = to[1]
}
/^set arrow/ && /lw 1 dt 1 lc rgb 0x222222/ {
	split($4, from, ",")
	split($6, to, ",")
	if (from[2] == to[2]) {
		y = int(from[2] - 8.5)
		low[y] = from[1]
		high[y] = to[1]
	}
}
END {
	for (y in low) {
		n++
		bad += !(end[y] >= low[y] - 1 && end[y] <= high[y] + 1)
		bad += end[y] != end[y + 10]
	}
	exit n < 5 || bad
}
EOF
awk -f bars.awk plain/plots/time.gp
result $? 'bars of time end where the time was measured, for both sides'

title plain/plots/start.svg >out
grep -q 'Start-up costs .* (pipe) to .* pays from [0-9.]* MiB on, against pipe' \
	out
result $? 'the figure of start-up says from which file on the fastest pays'
cp plain/plots/start.svg out
says out never && says out cheapest
result $? 'and which never does'

cp plain/plots/latency.gp out
says out "'99 %'"
result $? 'it gives the farthest percentile that is known'
without nothing-at-all
sed '1s/p99_ns,p999_ns/p99,p999/' plain/summary.csv >few/summary.csv
run plot few --figure latency --format gp --output gp
cp gp/latency.gp out
says out "'90 %'" && ! says out '99 %' && ! says out '99.9 %'
result $? 'a percentile with too few trips is neither drawn nor named'

without '\|4"?,'
run plot few --figure pairs
test "$status" -ne 0 && says err 'no three numbers of pairs'
result $? 'two numbers of pairs are no line'

# --- the run itself ------------------------------------------------------------

rm -r gp
run plot still --figure run --format svg,gp
cp still/plots/run.gp out
says out 'PANELS = 2' && says out 'no time was stolen' &&
	! says out 'Time stolen by'
result $? 'where no time was stolen there is no panel for it'
last=$(sed -n 's/^LAST = \([0-9]*\);.*/\1/p' still/plots/run.gp)
title still/plots/run.svg >out
test -n "$last" && says out "of $last transfers"
result $? 'the headline counts what the axis counts'
cat >tics.awk <<'EOF'
/^LAST/ { sub(/.*YLO = /, ""); low = $1 + 0; sub(/.*YHI = /, ""); high = $1 + 0 }
/^SPEED_TICS/ {
	n = split($0, part, "' ")
	for (i = 2; i <= n; i++)
		at[i] = log(part[i] + 0)
}
END {
	for (i in at)
		for (k in at)
			if (i < k && (at[i] - at[k]) ^ 2 < \
			    (log(high / low) * 13 / 190) ^ 2)
				bad = 1
	exit bad || n < 2
}
EOF
for kind in still plain failed; do
	awk -f tics.awk "$kind/plots/run.gp"
	result $? "$kind: no tics of the run collide"
done

# --- a column ------------------------------------------------------------------

# 241 points are 85 mm, and A4 has 247 mm of text.
run plot many --column --format pdf --output pdf
# Newer libraries compress what a page says of itself.
boxes() {
	python3 -c "import re, sys, zlib
data = open(sys.argv[1], 'rb').read()
for m in re.finditer(rb'stream\r?\n', data):
    try:
        data += zlib.decompressobj().decompress(data[m.end():])
    except zlib.error:
        pass
for m in re.finditer(rb'MediaBox *\[ *0 0 ([0-9.]+) ([0-9.]+) *\]', data):
    print(m[1].decode(), m[2].decode())" "$1"
}
has_python && for pdf in pdf/*.pdf; do
	boxes "$pdf" | awk '{ n++; bad += $1 != 241 || $2 > 720 }
		END { exit n < 1 || bad }'
	result $? "$pdf is 85 mm wide and no taller than a page"
done

run plot one --figure latency,map --format gp --output gp
test "$status" -eq 0 && test -s gp/latency.gp && test -s gp/map.gp &&
	! test -e gp/run.gp
result $? '--figure and --format draw what is named'

run plot plain --figure compare
test "$status" -ne 0 && one_line_says '--against'
result $? 'a comparison wants another run'
run plot plain --figure compare --against later
test "$status" -eq 0 && test -s plain/plots/compare.svg
result $? 'two runs are compared'
"$ipcopy" compare later plain --format json >out
faster=$(grep -c '"outcome": "faster"' out)
slower=$(grep -c '"outcome": "slower"' out)
title plain/plots/compare.svg | grep -q "^$faster of .*, $slower slower$"
result $? 'and the figure counts what the command counts'
run plot plain --figure compare --against later --format gp --output boxes
run plot plain --figure compare --against later --format gp --output boxes \
	--column
"$top/tests/label_boxes" boxes/*.gp >out 2>err
result $? 'no label of the comparison lies over another one'
title plain/plots/compare.svg >out
# pipe is faster there and tcp slower
grep -qE '^[1-9][0-9]* of [0-9]+ cells are faster.* [1-9][0-9]* slower' out
result $? 'its headline counts what is faster and slower'

# --- the same again ----------------------------------------------------------

run plot plain --figure map,copies,run --format svg,png,pdf --output first
cp err out
test "$status" -eq 0
result $? 'all formats are drawn'
sleep 1 # a date in a picture has seconds
run plot plain --figure map,copies,run --format svg,png,pdf --output second
diff -r first second >err
result $? 'the same run gives the same bytes, a second later'

# --- gnuplots that are missing or broken -------------------------------------

# fake NAME: a gnuplot that does what standard input says.
fake() {
	mkdir -p "$1"
	{
		echo '#!/bin/sh'
		cat
	} >"$1/gnuplot"
	chmod +x "$1/gnuplot"
}

as_before() {
	cmp -s plain/plots/map.svg kept &&
		test "$(find plain/plots -newer kept | wc -l)" -eq 0
}

cp plain/plots/map.svg kept
mkdir empty
PATH=$work/empty "$ipcopy" plot plain --figure map >out 2>err
status=$?
test "$status" -eq 4 && one_line_says 'apt-get install gnuplot-nox' && as_before
result $? 'a missing gnuplot: what to install'

fake failing <<'EOF'
echo half >/dev/fd/3
echo '"-" line 3: undefined variable: X' >&2
exit 1
EOF
PATH=$work/failing:$PATH "$ipcopy" plot plain --figure map >out 2>err
status=$?
test "$status" -eq 3 && one_line_says 'undefined variable: X' && as_before
result $? 'a failing gnuplot: what it said, and the old file stays'

fake lying <<'EOF'
echo '<svg>half' >/dev/fd/3
EOF
PATH=$work/lying:$PATH "$ipcopy" plot plain --figure map >out 2>err
status=$?
test "$status" -eq 3 && one_line_says gnuplot && as_before
result $? 'half a picture is none'

fake dying <<'EOF'
kill -SEGV $$
EOF
PATH=$work/dying:$PATH "$ipcopy" plot plain --figure map >out 2>err
status=$?
test "$status" -eq 3 && one_line_says 'signal 11' && as_before
result $? 'a gnuplot that dies is reported'

# --- what is refused ---------------------------------------------------------

refused() {
	test "$status" -eq 2 && one_line_says "$1"
}

run plot
refused 'RUN is missing'
result $? 'no run is refused'
run plot nowhere
refused 'nowhere/samples.csv'
result $? 'a run that is not there is refused'
run plot plain --figure mop
refused 'did you mean map'
result $? 'an unknown figure is refused'
run plot plain --format svg,gif
refused "'gif'"
result $? 'an unknown format is refused'
run plot plain --list
refused 'leave out the run'
result $? '--list with a run is refused'
run plot --list
test "$status" -eq 0 && says out throughput
result $? '--list names the figures'

mkdir cut bad
cp one/*.csv one/*.json cut
printf '9,99,cut off here' >>cut/samples.csv
run plot cut --figure run
test "$status" -eq 0
result $? 'a last line that was cut does not count'
cp one/*.csv one/*.json bad
printf '9,99,too short\n' >>bad/samples.csv
run plot bad --figure run
test "$status" -eq 0
result $? 'nor does a line that lacks fields'
rm bad/summary.csv
cp one/samples.csv bad
run plot bad
refused 'ipcopy verdict RUN'
result $? 'without a summary: what makes it'

# --- numbers that cannot be ---------------------------------------------------

# swapped ONE OTHER: two headings of summary.csv change places.
swapped() {
	sed "1{s/\\b$1\\b/@/;s/\\b$2\\b/$1/;s/@/$2/}" plain/summary.csv \
		>bad/summary.csv
}

# altered COLUMN VALUE: the first line without quotes that has a number there has
# another one.
altered() {
	awk -F, -v OFS=, -v column="$1" -v value="$2" '
		NR == 1 { while ($++at != column) ; print; next }
		!done && !/"/ && $at != "" { $at = value; done = 1 }
		{ print }' plain/summary.csv >bad/summary.csv
}

# told WORDS: nothing is drawn, and the file, the line and the column are named.
told() {
	for command in 'plot bad' 'plot bad --figure time' 'report bad'; do
		# shellcheck disable=SC2086
		run $command
		test "$status" -eq 2 && one_line_says 'summary.csv, line ' &&
			one_line_says "$1"
		result $? "$command: $1"
	done
}

mkdir -p bad
cp plain/*.csv plain/*.json bad
swapped size_bytes speed_low
told 'which is not a whole number from 1'
swapped pairs place
told "pairs is 'core', which is not a whole number from 1"
swapped p50_ns label
told "p50_ns is '"
altered size_bytes -1
told "size_bytes is '-1', which is not a whole number from 1"
altered size_bytes ''
told 'size_bytes is empty'
altered speed nan
told "speed is 'nan', which is not a number above 0"
altered speed -1e9
told "speed is '-1e9', which is not a number above 0"
altered speed_high 1e300
told "speed_high is '1e300', which is not a number above 0"
altered wall_ns 1e-308
told "wall_ns is '1e-308', which is not a time in nanoseconds"
altered p50_ns inf
told "p50_ns is 'inf', which is not a time in nanoseconds"
altered depth 1e300
told "depth is '1e300', which is not a whole number from 1"
altered over_ceiling perhaps
told "over_ceiling is 'perhaps', which is not true or false"
altered generations 1.5
told "generations is '1.5', which is not a whole number from 0"
{
	cat plain/summary.csv
	tail -n 1 plain/summary.csv
} >bad/summary.csv
told 'is there twice'

# --- files that are none -------------------------------------------------------

cp plain/summary.csv bad
rm bad/samples.csv
mkfifo bad/samples.csv
run plot bad
refused 'bad/samples.csv: it is not a regular file'
result $? 'a FIFO instead of samples is refused and does not block'
rm bad/samples.csv
: >bad/samples.csv
run plot bad
test "$status" -eq 0 && says err 'the run has no samples'
result $? 'samples that nobody has written yet are none, as for verdict'

# /sys takes no files, not even from root, if it is a sysfs
if test "$(stat -f -c %T /sys)" != sysfs; then
	skip 'a folder that cannot be written: no /sys'
	finish
fi
run plot plain --output /sys/ipcopy
test "$status" -eq 3 && says err /sys/ipcopy
result $? 'a folder that cannot be written fails; it is no wrong usage'
run report plain --output /sys/ipcopy.html
test "$status" -eq 3 && says err '/sys/follow: '
result $? 'and so does a page, whose folder of pages comes first'
finish
