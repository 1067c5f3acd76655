#!/bin/sh
# ipcopy plot: figures of made-up runs, even awkward ones, and broken gnuplots.
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

# --- the figures ------------------------------------------------------------

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
		result $? "the figures of kind '$kind' are well-formed XML"
	fi
	run plot "$kind" --column --format svg,gp --output "$kind-column"
	test "$status" -eq 0
	result $? "the figures of kind '$kind' fit a column"
	"$top/tests/label_boxes" "$kind"/plots/*.gp "$kind-column"/*.gp \
		>out 2>err
	result $? "no label of kind '$kind' overlaps another"
done

title() {
	sed -n 's,^<title>\(.*\)</title>$,\1,p' "$1" | head -n 1
}

# counted RUN: a test that the headline of its map has the numbers of the map
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
	result $? "$kind: the headline of the map has the numbers of the map"
done
title one/plots/map.svg >out
says out 'No condition of this run has both'
result $? 'a run without rivals of rings has no winner'
title wide/plots/throughput.svg >out
says out ' times as fast as shm '
result $? 'if rings lose, the headline says so'
if grep -q 'Thin dotted lines show no speed' plain/plots/throughput.gp &&
	! grep -q 'Thin dotted lines' one/plots/throughput.gp; then
	status=0
else
	status=1
fi
result "$status" 'a figure says what the lines to names are that end early'
title ties/plots/throughput.svg >out
says out ' is as fast as '
result $? 'a tie is called a tie'
title undecided/plots/throughput.svg >out
says out 'undecided'
result $? 'an undecided comparison is called undecided'
cp -r undecided short
sed 's/"outcome": "undecided"}/"outcome": "undecided", "too_few_generations": true}/' \
	undecided/verdict.json >short/verdict.json
run plot short --figure map --format svg --output short
title short/map.svg >out
says out ' undecided (too few generations)'
result $? 'the headline of the map says that there are too few generations'

# headline_ratio FIGURE CONDITION: true if the headline has the map's ratio for
# this condition, or 1 divided by it if the ratio is below 1
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
result $? 'the headline of depths has the ratio of the map at depth 1'
headline_ratio depth "$at: 4096, \"depth\": \"64\", $wait, \"pairs\": 1"
result $? 'the headline of depths has the ratio of the map at depth 64'
headline_ratio pairs "$at: 65536, \"depth\": \"deep\", $wait, \"pairs\": 4"
result $? 'the headline of pairs has the ratio of the map'

# --- many lines ----------------------------------------------

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
result $? 'labels are drawn as they are, without markup or commands'
says out '&lt;b>&amp;amp;&lt;/b>' && ! says out '<b>'
result $? 'labels do not become XML'

cp plain/plots/throughput.svg out
says out 'best ring falls behind best other at 1'
result $? 'a figure says where two mechanisms change places'
cp wide/plots/throughput.svg out
! says out 'best other at'
result $? 'a figure names no such place if two mechanisms never change places'

# --- copies, time, start-up, latency -----------------------------------------

# without WORDS: copies plain into few/, without the cells of these mechanisms
without() {
	mkdir -p few
	cp plain/*.csv plain/*.json few
	grep -vE "$1" plain/summary.csv >few/summary.csv
}

band=0xd6e8f3
cp plain/plots/copies.gp out
says out "$band"
result $? 'four different numbers of copies have a fitted line'
without ',(cma|splice|vmsplice|fdpass|mapboth),'
run plot few --figure copies --format svg,gp --output gp
cp gp/copies.gp out
title gp/copies.svg >err
! says out "$band" && says err 'A byte costs from ' && ! says err 'each'
result $? 'two different numbers of copies have no fitted line'
title wide/plots/copies.svg >out
says out 'More copies do not cost more here' && ! says out '-'
result $? 'if more copies do not cost more, the headline says so'

# Finds the ends of bars by their upper edges, and the whisker below the upper
# bar.
cat >bars.awk <<'EOF'
/^set object rect/ && /0x08406a|0x5fa8d3|0xe0e0e0/ {
	split($5, from, ",")
	split($7, to, ",")
	# the key has squares, which are no bars
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
result $? 'bars of both sides end at the measured time'

title plain/plots/start.svg >out
grep -q 'Start-up costs .* (pipe) to .* pays from [0-9.]* MiB on, against pipe' \
	out
result $? 'the figure of start-up says from which file on the fastest pays'
cp plain/plots/start.svg out
says out never && says out cheapest
result $? 'the figure of start-up says if the fastest never pays'

cp plain/plots/latency.gp out
says out "'99 %'"
result $? 'the headline of latency has the highest percentile that is known'
without nothing-at-all
sed '1s/p99_ns,p999_ns/p99,p999/' plain/summary.csv >few/summary.csv
run plot few --figure latency --format gp --output gp
cp gp/latency.gp out
says out "'90 %'" && ! says out '99 %' && ! says out '99.9 %'
result $? 'a percentile with too few trips is neither drawn nor named'

without '\|4"?,'
run plot few --figure pairs
test "$status" -ne 0 && says err 'no condition of the run has three numbers of pairs'
result $? 'two numbers of pairs do not make a figure'

# --- the run itself ------------------------------------------------------------

rm -r gp
run plot still --figure run --format svg,gp
cp still/plots/run.gp out
says out 'PANELS = 2' && says out 'no time was stolen' &&
	! says out 'Time stolen by'
result $? 'without stolen time there is no panel for it'
last=$(sed -n 's/^LAST = \([0-9]*\);.*/\1/p' still/plots/run.gp)
title still/plots/run.svg >out
test -n "$last" && says out "of $last transfers"
result $? 'the headline of the run counts what its axis counts'
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
	result $? "$kind: no tic labels of the run overlap"
done

# --- the width of a column ----------------------------------------------------

# 241 points are 85 mm, and A4 has 247 mm of text.
run plot many --column --format pdf --output pdf
# Newer libraries compress the header of a page.
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

# panels FIGURE N: true if the figure has this many panels, and fits a page
panels() {
	grep -qx "PANELS = $2" "$1" &&
		awk '/^H = / { exit !($3 <= 1060) }' "$1"
}
run plot one --column --figure throughput --format gp --output gp
panels gp/throughput-column.gp 5 && ! test -s err
result $? 'a column has all panels that a page has room for'
run plot plain --column --figure throughput --format gp --output gp
panels gp/throughput-column.gp 4 &&
	says gp/throughput-column.gp 'room here: 1.' &&
	one_line_says 'without room: 1 (file over, deep, core); they may have'
result $? 'plot says which condition has no room in a column'

run plot one --figure latency,map --format gp --output gp
test "$status" -eq 0 && test -s gp/latency.gp && test -s gp/map.gp &&
	! test -e gp/run.gp
result $? '--figure and --format draw only what they name'

run plot plain --figure compare
test "$status" -ne 0 && one_line_says '--against'
result $? 'the figure of a comparison needs another run'
run plot plain --figure compare --against later --format svg,gp
test "$status" -eq 0 && test -s plain/plots/compare.svg
result $? 'two runs are compared'
"$ipcopy" compare later plain --format json >out
faster=$(grep -c '"outcome": "faster"' out)
slower=$(grep -c '"outcome": "slower"' out)
title plain/plots/compare.svg | grep -q "^$faster of .*, $slower slower$"
result $? 'the figure of a comparison counts what ipcopy compare counts'
run plot plain --figure compare --against later --format gp --output boxes \
	--column
"$top/tests/label_boxes" plain/plots/compare.gp boxes/*.gp >out 2>err
result $? 'no label of the comparison overlaps another'
run plot plain --figure compare --against later --format gp --output untitled \
	--no-title
test "$status" -eq 0 && says plain/plots/compare.gp 'cells are faster' &&
	test -s untitled/compare.gp &&
	! says untitled/compare.gp 'cells are faster'
result $? '--no-title leaves out the headline'
run plot plain --figure throughput --format gp --output untitled --no-title
says plain/plots/throughput.gp 'Headline:' &&
	says untitled/throughput.gp 'Lines: bytes' &&
	! says untitled/throughput.gp 'Headline:'
result $? '--no-title leaves out the words about the headline'
title plain/plots/compare.svg >out
# in that run pipe is faster and tcp slower
grep -qE '^[1-9][0-9]* of [0-9]+ cells are faster.* [1-9][0-9]* slower' out
result $? 'the headline of a comparison counts faster and slower cells'

# --- the same output again ----------------------------------------------------

run plot plain --figure map,copies,run --format svg,png,pdf --output first
cp err out
test "$status" -eq 0
result $? 'all formats are drawn'
sleep 1 # a date in a picture has seconds
run plot plain --figure map,copies,run --format svg,png,pdf --output second
diff -r first second >err
result $? 'figures that are drawn a second later have the same bytes'

# --- gnuplots that are missing or broken -------------------------------------

# fake NAME: makes a gnuplot that does what standard input says
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
result $? 'without gnuplot the error says what to install'

fake failing <<'EOF'
echo half >/dev/fd/3
echo '"-" line 3: undefined variable: X' >&2
exit 1
EOF
PATH=$work/failing:$PATH "$ipcopy" plot plain --figure map >out 2>err
status=$?
test "$status" -eq 3 && one_line_says 'undefined variable: X' && as_before
result $? 'if gnuplot fails, the error has its message, and the old file stays'

fake lying <<'EOF'
echo '<svg>half' >/dev/fd/3
EOF
PATH=$work/lying:$PATH "$ipcopy" plot plain --figure map >out 2>err
status=$?
test "$status" -eq 3 && one_line_says gnuplot && as_before
result $? 'an incomplete picture is an error'

fake dying <<'EOF'
kill -SEGV $$
EOF
PATH=$work/dying:$PATH "$ipcopy" plot plain --figure map >out 2>err
status=$?
test "$status" -eq 3 && one_line_says 'signal 11' && as_before
result $? 'a gnuplot that dies is reported'

# --- wrong arguments ----------------------------------------------------------

refused() {
	test "$status" -eq 2 && one_line_says "$1"
}

run plot
refused 'RUN is missing; only --list works without it'
result $? 'plot without a run is refused'
run plot nowhere
refused 'nowhere/samples.csv'
result $? 'a run that does not exist is refused'
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
result $? 'a last line that was cut is ignored'
cp one/*.csv one/*.json bad
printf '9,99,too short\n' >>bad/samples.csv
run plot bad --figure run
test "$status" -eq 0
result $? 'a line without all fields is ignored'
rm bad/summary.csv
cp one/samples.csv bad
run plot bad
refused 'ipcopy verdict RUN'
result $? 'without a summary the error says how to make it'

# --- impossible numbers --------------------------------------------------

# swapped ONE OTHER: exchanges two headings of summary.csv
swapped() {
	sed "1{s/\\b$1\\b/@/;s/\\b$2\\b/$1/;s/@/$2/}" plain/summary.csv \
		>bad/summary.csv
}

# altered COLUMN VALUE: changes the first number of the column, in a line
# without quotes
altered() {
	awk -F, -v OFS=, -v column="$1" -v value="$2" '
		NR == 1 { while ($++at != column) ; print; next }
		!done && !/"/ && $at != "" { $at = value; done = 1 }
		{ print }' plain/summary.csv >bad/summary.csv
}

# told WORDS: a test that no figure is drawn, and that the error names file,
# line and column
told() {
	for command in 'plot bad' 'plot bad --figure time' 'report bad'; do
		# shellcheck disable=SC2086
		run $command
		test "$status" -eq 2 && one_line_says 'summary.csv, line ' &&
			one_line_says "$1"
		result $? "$command: $1"
	done
}

# figures are drawn from the summary, so few samples are enough
mkdir -p bad
cp plain/*.csv plain/*.json bad
head -n 100 plain/samples.csv >bad/samples.csv
swapped size_bytes speed_low
told 'which is not a whole number from 1'
swapped pairs place
told "pairs has 'core', which is not a whole number from 1"
swapped p50_ns label
told "p50_ns has '"
altered size_bytes -1
told "size_bytes has '-1', which is not a whole number from 1"
altered size_bytes ''
told 'size_bytes is empty'
altered speed nan
told "speed has 'nan', which is not a number above 0"
altered speed -1e9
told "speed has '-1e9', which is not a number above 0"
altered speed_high 1e300
told "speed_high has '1e300', which is not a number above 0"
altered wall_ns 1e-308
told "wall_ns has '1e-308', which is not a time in nanoseconds"
altered p50_ns inf
told "p50_ns has 'inf', which is not a time in nanoseconds"
altered depth 1e300
told "depth has '1e300', which is not a whole number from 1"
altered over_ceiling perhaps
told "over_ceiling has 'perhaps', which is not true or false"
altered generations 1.5
told "generations has '1.5', which is not a whole number from 0"
{
	cat plain/summary.csv
	tail -n 1 plain/summary.csv
} >bad/summary.csv
told 'an earlier line has the cell'

# --- wrong files ------------------------------------------------------------

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
result $? 'plot says that a run has no samples, as verdict does'

# in a sysfs nobody can make a file, not even root
if test "$(stat -f -c %T /sys)" != sysfs; then
	skip 'a folder that cannot be written: no /sys'
	finish
fi
run plot plain --output /sys/ipcopy
test "$status" -eq 3 && says err /sys/ipcopy
result $? 'a folder that cannot be written is a failure, status 3'
run report plain --output /sys/ipcopy.html
test "$status" -eq 3 && says err '/sys/follow: '
result $? 'a report into a folder that cannot be written fails with status 3'
finish
