#!/bin/sh
# All outputs about a run must agree: verdict.json, the terminal, the CSV, the
# headlines of figures and the page. Tries made-up runs of awkward shapes, and
# the stored runs.
# shellcheck source=tests/tap.sh
. "${top_srcdir:-.}/tests/tap.sh"
src=$(cd "${top_srcdir:-.}" && pwd)

# --- shapes -------------------------------------------------------------------

# several WORKLOAD DEPTH PLACE NOISE SPEED...: cells of shm sem, pipe, fifo, mq
# and unix
several() {
	workload=$1 depth=$2 place=$3 noise=$4
	shift 4
	for size in 64 4096 65536; do
		i=0
		for speed; do
			i=$((i + 1))
			case $i in
			1) name='shm+sem shm:sync=sem' ;;
			2) name='pipe pipe' ;;
			3) name='fifo fifo' ;;
			4) name='mq mq' ;;
			*) name='unix unix' ;;
			esac
			echo "$name $workload $size $depth block $place" \
				"${speed}e8 $noise ok"
		done
	done
}

# cell LABEL SPEC SIZE DEPTH SPEED FATE [WAIT]: prints one cell
cell() {
	echo "$1 $2 stream $3 $4 ${7-block} core ${5}e8 0.01 $6"
}

many() {
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		cell "ring$i" "shm:sync=sem,region=r$i" 4096 8 "1$i" ok
		cell "other$i" "pipe:capacity=$i" 4096 8 "2$i" ok
	done
	cell unix unix 4096 - 9 ok
}

reversed() {
	several file 1 core 0.01 9 3 2 1 5 | grep -v ' 4096 '
	several file 1 core 0.01 1 3 2 9 5 | grep ' 4096 '
}

shape() {
	case $1 in
	file) several file 1 core 0.01 9 3 2 1 4 ;;
	stream) several stream 8 core 0.01 3 2 1 9 5 ;;
	trips) several pingpong - core 0.01 0.003 0.002 0.001 0.002 0.002 ;;
	one-cpu) several stream deep same 0.02 3 2 1 1 5 ;;
	huge) several file deep core 0.02 9000 0.3 0.2 0.1 5 ;;
	hugely-lost) several file deep core 0.02 0.1 900 800 900 5000 ;;
	tiny) several stream 8 core 0.002 1.01 1 1.005 0.995 1 ;;
	alike) several stream 8 core 0.004 1 1 1 1 1 ;;
	undecided) several stream 8 core 0.4 1 1.1 0.9 1 1 ;;
	reversed) reversed ;;
	one) several stream 8 core 0.01 3 ;;
	one-other) cell pipe pipe 4096 8 3 ok ;;
	no-ring) several file 1 core 0.01 9 3 2 1 4 | grep -v shm ;;
	futex) several stream 8 core 0.01 3 2 1 9 5 |
		sed 's/shm+sem shm:sync=sem/shm+futex shm:sync=futex/' ;;
	rings)
		cell shm+sem shm:sync=sem 4096 8 2 ok
		cell shm+futex shm:sync=futex 4096 8 3 ok
		cell shm+spin shm:sync=spin 4096 8 4 ok spin
		;;
	many) many ;;
	failed) several stream 8 core 0.01 3 2 1 9 5 |
		sed -e '/^pipe.* 4096/s/ok$/failed/' -e '/^shm.* 64 /s/ok$/failed/' \
			-e '/^mq/s/ok$/skipped/' -e '/^unix/s/ok$/flaky/' ;;
	all-failed) several stream 8 core 0.01 3 2 | sed 's/ok$/failed/' ;;
	slow) several file 1 core 0.01 3 2 1 9 5 | sed '/^fifo/s/ok$/slow/' ;;
	depths)
		for depth in 1 8 deep; do
			several stream $depth core 0.01 3 2 1 9 |
				grep -v '^unix'
		done
		cell unix unix 4096 - 2 ok
		;;
	over)
		several file 1 core 0.01 9 3 2 1 4
		echo 'memcpy memcpy file 65536 - - core 5e8 0.01 ok'
		;;
	esac
}
shapes='file stream trips one-cpu huge hugely-lost tiny alike undecided reversed
	one one-other no-ring futex rings many failed all-failed slow depths
	over'

# --- all outputs -------------------------------------------------------------

# A gnuplot that draws nothing, since pictures are not looked at here.
mkdir bin
cat >bin/gnuplot <<'EOF'
#!/bin/sh
echo '<svg viewBox="0 0 1 1"><title>Gnuplot</title><desc></desc></svg>' >&3
EOF
chmod +x bin/gnuplot

# spoken RUN: writes all outputs of a run into its folder
spoken() {
	"$ipcopy" verdict "$1" >out &&
		"$ipcopy" verdict "$1" --format csv >table &&
		mv out "$1/out" && mv table "$1/csv" &&
		PATH="$PWD/bin:$PATH" "$ipcopy" report "$1" >/dev/null
}

agrees() {
	"$top/tests/agree" "$1" >out 2>err
	result $? "all outputs of $1 agree"
}

for shape in $shapes; do
	for seed in 1 2; do
		shape "$shape" | "$src/tests/true_run" "$shape-$seed" 13 $seed
		spoken "$shape-$seed"
		agrees "$shape-$seed"
	done
done

shape file | "$src/tests/true_run" unfinished 3 1
sed -i 's/"outcome": "done"/"outcome": "interrupted"/' unfinished/manifest.json
cp -r file-1 unmeasured
sed -i '2,$d' unmeasured/samples.csv
"$src/tests/made_up_run" one one 1
for run in "$src"/results/*/samples.csv; do
	run=${run%/*}
	mkdir "stored-${run##*/}"
	cp "$run"/*.json "$run"/*.csv "stored-${run##*/}"
done
for run in unfinished unmeasured one stored-*; do
	spoken "$run"
	agrees "$run"
done

# --- a planted disagreement ---------------------------------------------------

# planted WORDS FILE EDIT: a test that an edit of FILE is noticed
planted() {
	rm -rf planted
	cp -r file-1 planted
	sed "$3" "planted/$2" >edited
	! cmp -s edited "planted/$2" && mv edited "planted/$2" &&
		! "$top/tests/agree" planted >out && grep -qF "$1" out
	result $? "a change is noticed: $2 with $3"
}

planted 'holds is' verdict.json 's/"holds": 3/"holds": 2/'
# shellcheck disable=SC2016 # the dollar is for sed
planted 'the map has' verdict.json '/"map"/,$s/"outcome": "faster"/"outcome": "slower"/'
planted 'not among the best' verdict.json 's/"best": \[/&"pipe",/'
planted "no condition of the map agrees with" verdict.json \
	'/"question": "ring"/,/}/s/up to [0-9.]*/up to 77.7/'
planted 'the ratio is' out '/^The fastest/,/^Which/s/ [0-9.]*x / 9.87x /'
planted 'terminal' out '/^The fastest/,/^Which/s/ + / ? /'
planted 'signs of the map' out '/not compared/,/^The/s/ +/ -/'
planted 'but:' csv 's/,faster$/,equivalent/'
planted 'the page does not say' report.html 's/the fastest of the four/the slowest/g'
finish
