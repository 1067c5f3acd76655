# Computes how often each byte of a payload was copied. The plugin has counted
# one command with a small input and with a large one:
#
#     awk -v payload=BYTES -f tally.awk SYMBOLS SMALL LARGE
#
# All files are sorted by address. The counts of SMALL are subtracted from those
# of LARGE, which leaves out the start of a program and of its libraries.
#
# In the kernel only runs count, of at least 512 consecutive bytes. Bookkeeping
# has no such runs. A program may copy byte by byte or line by line. So all its
# loads and stores count if the instruction moves at least 5 % of the payload.
# If such instructions store at least 90 % of the bytes of a function, all loads
# and stores of the function count. A function copies the smaller of the bytes
# that it loads and the bytes that it stores. The other bytes that it stores are
# filled. Prints copies by the kernel, copies by programs, and bytes filled,
# each divided by the payload. Then prints each function that stores at least
# 2 % of the payload, with the bytes that it stores, divided by the payload.

function number(hex,   i, n) {
	n = 0
	for (i = 5; i <= 16; i++)
		n = n * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
	return n
}

# Returns the last symbol at or before an address.
function symbol_of(address,   low, high, middle) {
	low = 0
	high = symbols + 1
	while (high - low > 1) {
		middle = int((low + high) / 2)
		if (symbol[middle] "" <= address "")
			low = middle
		else
			high = middle
	}
	return low ? name[low] : "kernel"
}

# Returns the function of an instruction. The symbols of programs are not known,
# so their instructions are one function if they are at most 256 bytes apart.
function function_of(address,   at) {
	if (address ~ /^[89a-f]/)
		return symbol_of(address)
	at = number(address)
	if (at - last > 256)
		group++
	last = at
	return "program." group
}

function in_kernel(f) {
	return f !~ /^program\./
}

FILENAME == ARGV[1] {
	if ($2 ~ /^[tTwW]$/ && $3 !~ /^\$/) {
		symbol[++symbols] = $1
		name[symbols] = $3
	}
	next
}

FILENAME == ARGV[2] {
	for (i = 2; i <= 5; i++)
		small[$1, i] = $i
	next
}

{
	for (i = 2; i <= 5; i++)
		$i -= small[$1, i]
	f = function_of($1)
	seen[f]
	if (in_kernel(f)) {
		loaded[f] += $4
		stored[f] += $5
		next
	}
	loaded[f] += $2
	stored[f] += $3
	if ($2 >= 0.05 * payload)
		movers_loaded[f] += $2
	if ($3 >= 0.05 * payload)
		movers_stored[f] += $3
}

END {
	for (f in seen) {
		in_bytes = loaded[f]
		out_bytes = stored[f]
		if (!in_kernel(f) && movers_stored[f] < 0.9 * stored[f]) {
			in_bytes = movers_loaded[f]
			out_bytes = movers_stored[f]
		}
		if (out_bytes <= 0)
			continue
		both = in_bytes < out_bytes ? in_bytes : out_bytes
		if (both < 0)
			both = 0
		if (in_kernel(f))
			kernel += both
		else
			programs += both
		filled += out_bytes - both
		if (out_bytes >= 0.02 * payload)
			names = sprintf("%s %s=%.3f", names,
				in_kernel(f) ? f : "program",
				out_bytes / payload)
	}
	printf "%.3f %.3f %.3f%s\n", kernel / payload, programs / payload,
		filled / payload, names
}
