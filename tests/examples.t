#!/bin/sh
# The scripts in doc/examples compute comparisons of the reference run from its
# samples, without code of ipcopy. They must get the numbers of the verdict.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
has_python || finish

# six comparisons of the claim, each of another kind
python3 - "$here/results/reference" >pairs <<'END'
import json, sys
seen = set()
for c in json.load(open(sys.argv[1] + "/verdict.json"))["comparisons"]:
    kind = tuple(c["a"].split("|")[1:]) + (c["b"].split(":")[0],)
    if c["family"] == "claim" and kind not in seen:
        seen.add(kind)
        print(c["a"], c["b"], c["ratio"], c["low"], c["high"],
              c["generations"])
END
head -n 6 pairs >some && mv some pairs
test "$(wc -l <pairs)" -eq 6
result $? 'the reference run has comparisons of several kinds'

# agrees: the printed numbers are those of the verdict, to five digits
agrees() {
	awk -v r="$1" -v l="$2" -v h="$3" -v n="$4" '
		function near(a, b) { return a - b < 1e-5 * b && b - a < 1e-5 * b }
		$1 == "ratio" && near($2, r) && near($4, l) && near($6, h) &&
			$8 == n { ok = 1 }
		END { exit !ok }' out
}

# redo PROGRAM SCRIPT: a test that a script gets the verdict's numbers
redo() {
	wrong=0
	while read -r a b ratio low high generations; do
		"$1" "$here/doc/examples/$2" "$here/results/reference" "$a" "$b" \
			>out 2>err || wrong=1
		agrees "$ratio" "$low" "$high" "$generations" || {
			wrong=1
			echo "$a against $b: $ratio [$low, $high]" >>err
			break
		}
	done <"$3"
	test "$wrong" -eq 0
	result $? "$2 gets the ratios and intervals of the verdict"
}

redo python3 compare.py pairs
if command -v Rscript >/dev/null; then
	head -n 2 pairs >few
	redo Rscript compare.R few
else
	skip 'compare.R: there is no Rscript (Debian: r-base-core)'
fi
python3 "$here/doc/examples/compare.py" >out 2>err
status=$?
test "$status" -eq 1 && says err 'usage: compare.py RUN CELL_A CELL_B'
result $? 'without arguments it prints its usage'
finish
