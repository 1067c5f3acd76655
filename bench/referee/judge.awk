# Prints the referee's table. A line of the input has, with tabs between,
#     id, fs, kind, name, predicted, counted, true and routines, failure
# "predicted" has two numbers: copies by the kernel and by programs. "counted"
# has two words before such numbers, as in "yes exact 2 0". After "no exact 0 0"
# comes the reason for no number.

function off(a, b) {
	return a - b > 0.0105 || b - a > 0.0105
}

function pair(kernel, programs) {
	return sprintf("%.3f+%.3f", kernel, programs)
}

# The counter may give no number, a lower bound, or a number. A number must be
# the truth, and a lower bound must not be above it.
function counter_is_right() {
	if (counted[1] != "yes")
		return 1
	if (counted[2] == "at-least")
		return counted[3] + counted[4] <= truth[1] + truth[2] + 0.0105
	return !off(counted[3], truth[1]) && !off(counted[4], truth[2])
}

function counted_words() {
	if (counted[1] != "yes")
		return "no number"
	if (counted[2] == "at-least")
		return sprintf(">=%.3f", counted[3] + counted[4])
	return pair(counted[3], counted[4])
}

# Returns the counter's reason for giving no number, in brackets.
function reason(  i, words) {
	for (i = 5; i in counted; i++)
		words = words " " counted[i]
	return words == "" ? "" : " (" substr(words, 2) ")"
}

# A file on tmpfs cannot be opened with O_DIRECT before Linux 6.6.
function cannot() {
	return $2 == "tmpfs" && $4 ~ /direct/ && $8 ~ /Invalid argument/
}

BEGIN {
	printf "%-6s %-12s %-12s %-12s %-6s %-6s %s\n", "fs", "predicted",
		"counted", "true", "filled", "", "mechanism or command: routines"
}

{
	predicted = ""
	split($5, says, " ")
	split($6, counted, " ")
	n = split($7, truth, " ")
	word = "agree"
	if ($3 == "mechanism") {
		predicted = says[1] "+" says[2]
		if (off(says[1], truth[1]) || off(says[2], truth[2]))
			word = "WRONG"
		if (counted[1] != "yes" && $4 != "null")
			word = "WRONG"
	}
	if (!counter_is_right())
		word = "WRONG"
	# null delivers nothing
	if ($8 != "" && $4 != "null")
		word = cannot() ? "cannot" : "FAILED"
	routines = ""
	for (i = 4; i <= n; i++)
		routines = routines " " truth[i]
	printf "%-6s %-12s %-12s %-12s %-6s %-6s %s:%s%s%s\n", $2, predicted,
		counted_words(), pair(truth[1], truth[2]), truth[3], word, $4,
		routines, word ~ /FAILED|cannot/ ? " " $8 : "", reason()
	bad += word != "agree" && word != "cannot"
}

END {
	printf "# %d lines, %d of them wrong or failed\n", NR, bad
	exit bad > 0
}
