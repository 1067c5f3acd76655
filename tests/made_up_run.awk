# The program of tests/made_up_run: a model of mechanisms with a seed. It needs
# no machine.

# --- numbers ----------------------------------------------------------------

# The generator of Park and Miller, which is exact in doubles. rand() differs
# between awks.
function uniform() {
	state = (state * 16807) % 2147483647
	return state / 2147483647
}

function normal(  i, sum) {
	for (i = 0; i < 12; i++)
		sum += uniform()
	return sum - 6
}

function min(a, b) { return a < b ? a : b }
function max(a, b) { return a > b ? a : b }

function sort(a, n,  i, j, x) {
	for (i = 2; i <= n; i++) {
		x = a[i]
		for (j = i - 1; j >= 1 && a[j] > x; j--)
			a[j + 1] = a[j]
		a[j + 1] = x
	}
}

function quantile(a, n, q,  h, k) {
	h = (n - 1) * q + 1
	k = int(h)
	return k >= n ? a[n] : a[k] + (h - k) * (a[k + 1] - a[k])
}

# mawk's %d ends at 2^31
function whole(x) { return sprintf("%.0f", x) }

function csv(text) {
	if (text !~ /[",\n]/)
		return text
	gsub(/"/, "\"\"", text)
	return "\"" text "\""
}

function json(text) {
	gsub(/\\/, "\\\\", text)
	gsub(/"/, "\\\"", text)
	return "\"" text "\""
}

# --- mechanisms -------------------------------------------------------------

# kernel and user copies from file to file; ns for each message; the largest
# message; "file" if it only moves whole files
function mechanism(label, spec, kernel, user, call_ns, largest, files) {
	name[++mechanisms] = label
	spec_of[label] = spec
	kernel_of[label] = kernel
	user_of[label] = user
	call_of[label] = call_ns
	largest_of[label] = largest ? largest : 1e12
	files_only[label] = files == "file"
}

function common_mechanisms() {
	mechanism("null", "null", 0, 0, 40)
	mechanism("memcpy", "memcpy", 0, 1, 40, 0, "file")
	mechanism("pipe", "pipe", 4, 0, 2600)
	mechanism("fifo", "fifo", 4, 0, 2650)
	mechanism("mq", "mq", 4, 0, 3100, 8192)
	mechanism("unix", "unix", 4, 0, 3300)
	mechanism("unix-seqpacket", "unix-seqpacket", 4, 0, 3500, 131072)
	mechanism("tcp", "tcp", 4, 0, 9000)
	mechanism("cma", "cma", 3, 0, 5200)
	mechanism("shm sem", "shm:sync=sem", 2, 0, 3000)
	mechanism("shm spin", "shm:sync=spin", 2, 0, 280)
	mechanism("shm futex", "shm:sync=futex", 2, 0, 2200)
	mechanism("vmsplice", "vmsplice", 3, 0, 4100)
	mechanism("splice", "splice", 1, 0, 6000, 0, "file")
	mechanism("fdpass", "fdpass", 1, 0, 20000, 0, "file")
	mechanism("mapboth", "mapboth", 0, 1, 30000, 0, "file")
}

function more_mechanisms() {
	mechanism("sysvmq", "sysvmq", 4, 0, 2900, 8192)
	mechanism("unix-dgram", "unix-dgram", 4, 0, 3700, 131072)
	mechanism("tcp-zerocopy", "tcp-zerocopy", 4, 0, 15000)
	mechanism("shm mutex", "shm:sync=mutex", 2, 0, 3600)
	mechanism("shm eventfd", "shm:sync=eventfd", 2, 0, 4000)
	mechanism("shm named-sem", "shm:sync=named-sem", 2, 0, 3020)
	mechanism("shm sysv-sem", "shm:sync=sysv-sem", 2, 0, 3900)
	mechanism("vmsplice-splice", "vmsplice-splice", 2, 0, 6100, 0, "file")
	mechanism("sendfile-tcp", "sendfile-tcp", 2, 0, 12000, 0, "file")
	mechanism("mapout", "mapout", 1, 0, 26000, 0, "file")
}

function awkward_mechanisms() {
	mechanism("null", "null", 0, 0, 40)
	mechanism("my_own_ring", "my_own_ring", 2, 0, 300)
	mechanism("a{b}^c_~d", "shm:sync=mutex", 2, 0, 900)
	mechanism("say \"hi\", twice", "pipe", 4, 0, 2500)
	mechanism("<b>&amp;</b>]]>x", "fifo", 4, 0, 2900)
	mechanism("`id` $(id) @x", "unix", 4, 0, 3300)
	mechanism("it's 100% %s", "mq", 4, 0, 3100)
	mechanism("größe 日本", "tcp", 4, 0, 9000)
	mechanism("__", "cma", 3, 0, 4000)
	mechanism("a name that is much longer than any label ought to be",
		  "shm:sync=sem", 2, 0, 3000)
}

# --- the model --------------------------------------------------------------

# ns for one message, or for one trip of it
function message_ns(l, workload, size, depth, place, pairs, sink, cache,
		    slots, copies, call, ns) {
	slots = depth == "deep" ? 32 : depth == "-" ? 1 : depth
	copies = kernel_of[l] + user_of[l]
	if (workload != "file")
		copies = max(copies - 2, l == "null" ? 0 : 0.05)
	call = call_of[l]
	if (place == "smt")
		call *= 0.7
	if (place == "same")
		call = call * 1.4 + (l == "shm spin" ? 60000 : 900)
	if (workload != "pingpong")
		call = call * (0.35 + 0.65 / slots)
	ns = call + size * copies * 0.055 * (size > 524288 ? 1.25 : 1)
	if (workload == "file") {
		ns += size * (sink == "new" ? 0.12 : 0.03) + 900
		if (cache == "cold")
			ns += size * 0.6
	}
	if (workload == "pingpong")
		ns = 2 * ns + 1500
	if ((kind == "ties" || kind == "undecided") && l != "null")
		ns = 4000 + size * 0.1
	if (kind == "wide")
		ns *= exp(11.5 * (rank_of[l] - 1) / max(mechanisms - 1, 1))
	if (kind == "later")
		ns *= l == "pipe" ? 0.8 : l == "tcp" ? 1.3 : 1
	return ns * (1 + 0.25 * (pairs - 1))
}

function cell(l, workload, sink, cache, size, depth, place, pairs,  id, sep) {
	if (files_only[l])
		depth = "-"
	if (files_only[l] && workload != "file")
		return
	sep = index(spec_of[l], ":") ? "," : ":"
	id = spec_of[l] sep "size=" whole(size)
	if (depth ~ /^[0-9]+$/ && !files_only[l])
		id = id ",depth=" depth
	else if (depth == "deep")
		id = id ",depth=32"
	id = id "|" workload "|" sink "|" cache "|" place "|" pairs
	if (id in cell_of)
		return
	cell_of[id] = ++cells
	c_id[cells] = id
	c_label[cells] = l
	c_mech[cells] = spec_of[l]
	sub(/:.*/, "", c_mech[cells])
	c_workload[cells] = workload
	c_sink[cells] = sink
	c_cache[cells] = cache
	c_size[cells] = size
	c_depth[cells] = depth
	c_place[cells] = place
	c_pairs[cells] = pairs
	c_wait[cells] = files_only[l] || l == "null" ? "-" : "block"
	c_status[cells] = size > largest_of[l] ? "skipped" : "ok"
}

function cells_of_label(l,  i, s) {
	for (i = 6; i <= 20; i += 2) {
		s = 2 ^ i
		cell(l, "stream", "-", "hot", s, "deep", "core", 1)
		cell(l, "stream", "-", "hot", s, 1, "core", 1)
		cell(l, "stream", "-", "hot", s, "deep", "smt", 1)
	}
	for (i = 12; i <= 20; i += 4) {
		cell(l, "file", "new", "hot", 2 ^ i, "deep", "core", 1)
		cell(l, "file", "over", "hot", 2 ^ i, "deep", "core", 1)
	}
	cell(l, "file", "new", "cold", 65536, "deep", "core", 1)
	for (i = 6; i <= 16; i += 5) {
		cell(l, "pingpong", "-", "hot", 2 ^ i, "-", "core", 1)
		cell(l, "pingpong", "-", "hot", 2 ^ i, "-", "same", 1)
	}
	if (l ~ /^(shm|pipe|unix$)/)
		for (i = 0; i <= 6; i++)
			cell(l, "stream", "-", "hot", 4096, 2 ^ i, "core", 1)
	for (i = 2; i <= 4; i += 2)
		cell(l, "stream", "-", "hot", 65536, "deep", "core", i)
}

# --- samples ----------------------------------------------------------------

function break_cells(  i) {
	for (i = 1; i <= cells; i++) {
		if (c_label[i] == "tcp" && c_size[i] == 65536)
			c_status[i] = "failed"
		else if (c_label[i] == "unix" && c_workload[i] == "stream")
			c_flaky[i] = 1
		if (c_label[i] == "mapboth" && c_size[i] == 1048576)
			c_over[i] = 1
	}
}

function samples_header() {
	print "sweep,generation,condition,cell,position,phase,round,turn," \
	    "status,reason,at_ns,setup_ns,wall_ns,bytes,messages," \
	    "server_user_ns,server_sys_ns,client_user_ns,client_sys_ns," \
	    "server_voluntary,server_involuntary,client_voluntary," \
	    "client_involuntary,server_faults,client_faults,steal_ns," \
	    "witness_ns,p50_ns,p90_ns,p99_ns,p999_ns,max_ns" > samples
}

function cell_fields(i) {
	return csv(c_id[i]) "," csv(c_mech[i]) "," csv(c_label[i]) "," \
	    c_workload[i] "," c_sink[i] "," c_cache[i] "," \
	    whole(c_size[i]) "," c_depth[i] "," c_wait[i] "," c_place[i] \
	    "," c_pairs[i]
}

# Prints the first fields of a line.
function place(i, generation, phase, round) {
	printf "%d,%d,1,%s,1,%s,%s,%s,", generation, generation, \
	    csv(c_id[i]), phase, round, round > samples
}

function stolen() {
	return kind != "still" && uniform() < 0.1 ? 2e6 * uniform() : 0
}

# Prints a transfer that took `factor` times the median of its generation.
function transfer(i, generation, phase, round, ns, messages, factor,
		  wall, bytes, trips, m) {
	place(i, generation, phase, round)
	wall = ns * messages * factor
	bytes = messages * c_size[i] * c_pairs[i]
	trips = c_workload[i] == "pingpong"
	m = c_label[i] ~ /spin/ ? 1 : 0.6
	printf "ok,,%s,%s,%s,%s,%s,", whole(at_ns), \
	    (phase == "first" ? whole(2e6 + wall / 4) : ""), whole(wall), \
	    whole(bytes), whole(messages) > samples
	printf "%s,%s,%s,%s,", whole(wall * 0.2 * m), whole(wall * 0.5 * m), \
	    whole(wall * 0.25 * m), whole(wall * 0.45 * m) > samples
	printf "%s,%s,%s,%s,%s,%s,", whole(messages * 0.4), \
	    whole(uniform() * 4), whole(messages * 0.5), \
	    whole(uniform() * 4), whole(40 + bytes / 4096 * 0.1), \
	    whole(35 + bytes / 4096 * 0.3) > samples
	printf "%s,%s,", whole(stolen()), \
	    whole(1e6 * exp(0.01 * normal() + (generation - 1) * 0.002)) \
	    > samples
	if (trips)
		print whole(ns) "," whole(ns * 1.12) "," whole(ns * 1.6) "," \
		    whole(ns * 4.5) "," whole(ns * 30) > samples
	else
		print ",,,," > samples
	at_ns += wall + 1e6
}

# Makes up a generation of a cell. Adds its median speed to those of the cell.
function measure(i, generation,  ns, messages, round, l, k, trips) {
	l = c_label[i]
	if (c_status[i] == "failed" || (c_flaky[i] && generation % 4 == 0)) {
		c_bad[i]++
		place(i, generation, "first", "")
		print "failed,connect: Connection refused," whole(at_ns) \
		    ",,,,,,,,,,,,,,,,,,,,," > samples
		return
	}
	ns = message_ns(l, c_workload[i], c_size[i], c_depth[i], c_place[i],
		c_pairs[i], c_sink[i], c_cache[i])
	ns *= exp(0.02 * normal() + (generation - 1) * 0.002)
	if (uniform() < 0.03)
		ns *= 1.5
	if (kind != "ties" && kind != "undecided" && l == "fifo" && uniform() < 0.4)
		ns *= 1.35
	messages = max(16, int(2e7 / ns))
	k = ++c_good[i]
	trips = c_workload[i] == "pingpong"
	c_wall[i] = ns * messages
	c_bytes[i] = messages * c_size[i] * c_pairs[i]
	c_messages[i] = messages
	c_speed[i, k] = (trips ? messages : c_bytes[i]) / c_wall[i] * 1e9
	transfer(i, generation, "first", "", ns, messages, 3)
	for (round = 1; round <= 3; round++)
		transfer(i, generation, "timed", round, ns, messages, \
			1 + (round - 2) * 0.002)
}

function all_samples(  generation, i, j, x, perm) {
	samples_header()
	for (generation = 1; generation <= generations; generation++) {
		for (i = 1; i <= cells; i++)
			perm[i] = i
		for (i = cells; i > 1; i--) {
			j = 1 + int(uniform() * i)
			x = perm[i]
			perm[i] = perm[j]
			perm[j] = x
		}
		for (i = 1; i <= cells; i++)
			if (c_status[perm[i]] != "skipped")
				measure(perm[i], generation)
	}
	close(samples)
}

# --- the files made of samples -----------------------------------------------

function judge(i,  k, n, a, reason) {
	n = c_good[i]
	for (k = 1; k <= n; k++)
		a[k] = c_speed[i, k]
	sort(a, n)
	if (n == 0 && c_status[i] == "ok")
		c_status[i] = "failed"
	if (n == 0)
		return
	c_mid[i] = quantile(a, n, 0.5)
	c_low[i] = quantile(a, n, 0.3)
	c_high[i] = quantile(a, n, 0.7)
}

function summary_line(i,  reason, trips, l, ns) {
	l = c_label[i]
	printf "%s,%s,", cell_fields(i), c_status[i] > summary
	if (c_status[i] == "skipped") {
		reason = "size " whole(c_size[i]) " is more than the limit of " \
		    whole(largest_of[l])
		print csv(reason) ",,0,0,,,,,,,,,,,,,,,,,," \
		    (kernel_of[l] + user_of[l]) ",,,,," > summary
		return
	}
	if (c_status[i] == "failed") {
		print "connect: Connection refused,failed,0," c_bad[i] + 0 \
		    ",,,,,,,,,,,,,,,,,," (kernel_of[l] + user_of[l]) \
		    ",,,,," \
		    > summary
		return
	}
	trips = c_workload[i] == "pingpong"
	ns = trips ? 1e9 / c_mid[i] : 0
	printf ",decided,%d,%d,%.6g,%.6g,%.6g,%s,%s,", c_good[i], c_bad[i], \
	    c_mid[i], c_low[i], c_high[i], \
	    trips ? "trips_per_s" : "bytes_per_s", whole(c_wall[i]) > summary
	printf "%.5g,%.4g,%.4g,%.5g,", \
	    1.4 * c_wall[i] / c_bytes[i] * 1.073741824, 0.9, \
	    2 + (l ~ /shm/ ? 0 : 2), 100000 > summary
	if (trips)
		printf "%s,%s,%s,%s,%s,", whole(ns), whole(ns * 1.12), \
		    whole(ns * 1.6), whole(ns * 4.5), whole(ns * 30) > summary
	else
		printf ",,,,," > summary
	if (trips || is_control(l))
		printf ",,," > summary
	else
		printf "%s,%s,%s,", whole(startup_ns(i)), \
		    whole(startup_ns(i) * 0.95), whole(startup_ns(i) * 1.05) \
		    > summary
	print kernel_copies(l, c_workload[i]) + user_of[l] "," \
	    (is_control(l) || l == "mapboth" ? "" : \
	     kernel_copies(l, c_workload[i]) + user_of[l]) \
	    ",1,0.05," (l == "fifo" ? "true" : "false") "," \
	    (c_over[i] ? "true" : "false") > summary
}

# Rings with many pages take longer to set up.
function startup_ns(i) {
	return 5e5 + 20 * call_of[c_label[i]] + (is_ring(c_label[i]) ? 2e6 : 0)
}

function write_summary(  i) {
	print "cell,mechanism,label,workload,sink,cache,size_bytes,depth," \
	    "wait,place,pairs,status,reason,stopped,generations," \
	    "failures,speed," \
	    "speed_low,speed_high,unit,wall_ns,cpu_s_per_gib," \
	    "switches_per_message,calls_per_message,faults_per_gib," \
	    "p50_ns,p90_ns,p99_ns,p999_ns,max_ns,startup_ns," \
	    "startup_low_ns,startup_high_ns,copies_predicted," \
	    "copies_counted,outliers,autocorrelation,bimodal,over_ceiling" \
	    > summary
	for (i = 1; i <= cells; i++) {
		judge(i)
		summary_line(i)
	}
	close(summary)
}

# A channel alone makes neither the first nor the last copy of a file.
function kernel_copies(l, workload) {
	return workload == "file" ? kernel_of[l] : max(kernel_of[l] - 2, 0)
}

function copies_line(i, workload,  l, m, k) {
	l = name[i]
	m = spec_of[l]
	k = kernel_copies(l, workload)
	sub(/:.*/, "", m)
	printf "%s,%s,%s,%s,%d,%d,", csv(spec_of[l]), csv(m), workload, \
	    workload == "file" ? "new" : "-", k, user_of[l] > copies
	if (is_control(l))
		print ",,,,,,it moves no bytes," > copies
	else if (l == "mapboth")
		print ",,,false,false,,\"no call moves its bytes, " \
		    "so there is no path\",3.1" > copies
	else
		printf "%d,%d,%d,true,false,true,,%.3f\n", k, user_of[l], \
		    k + user_of[l], 16 + i > copies
}

function write_copies(  i, w, words) {
	print "spec,mechanism,workload,sink,predicted_kernel,predicted_user," \
	    "counted_kernel,counted_user,counted,resolved,lower_bound," \
	    "agrees,reason,calls_per_mib" > copies
	split("file stream pingpong", words, " ")
	for (i = 1; i <= mechanisms; i++)
		for (w = 1; w <= 3; w++)
			copies_line(i, words[w])
	close(copies)
}

# File cells have only the depth "deep", or none. Those without a depth belong
# to the condition with depth "deep", too.
function depth_of(i) {
	return c_workload[i] == "file" && c_depth[i] == "-" ? "deep" : c_depth[i]
}

function condition(i) {
	return "{\"workload\": " json(c_workload[i]) ", \"sink\": " \
	    json(c_sink[i]) ", \"cache\": " json(c_cache[i]) \
	    ", \"size_bytes\": " whole(c_size[i]) ", \"depth\": " \
	    json(depth_of(i)) ", \"wait\": \"block\", \"place\": " json(c_place[i]) \
	    ", \"pairs\": " c_pairs[i] "}"
}

function key(i) {
	return c_workload[i] "|" c_sink[i] "|" c_cache[i] "|" c_size[i] \
	    "|" depth_of(i) "|" c_place[i] "|" c_pairs[i]
}

function is_control(l) { return l == "null" || l == "memcpy" }
function is_ring(l) { return spec_of[l] ~ /^(shm|my_own_ring)/ }

function outcome_of(ratio) {
	if (kind == "undecided")
		return "undecided"
	return ratio > 1.03 ? "faster" : ratio < 0.97 ? "slower" : \
	    ratio > 0.99 && ratio < 1.01 ? "equivalent" : "undecided"
}

function comparison(a, b, lead) {
	ratio = c_mid[a] / c_mid[b]
	outcome = outcome_of(ratio)
	claim[outcome]++
	printf "%s\n{\"family\": \"claim\", \"condition\": %s, \"a\": %s, " \
	    "\"b\": %s, \"a_label\": %s, \"b_label\": %s, \"ratio\": %.4f, " \
	    "\"low\": %.4f, \"high\": %.4f, \"p\": 0.002, \"p_holm\": 0.01, " \
	    "\"cliff\": 0.9, \"generations\": %d, \"outcome\": %s}", lead, \
	    condition(a), json(c_id[a]), json(c_id[b]), \
	    json(c_label[a]), json(c_label[b]), ratio, ratio * 0.98, \
	    ratio * 1.02, c_good[a], json(outcome) > verdict
}

# Fills best[], ring[], other[] and at[] for each condition. keys[] has their
# order.
function survey(  i, k) {
	for (i = 1; i <= cells; i++) {
		if (c_status[i] != "ok" || is_control(c_label[i]) || c_over[i])
			continue
		k = key(i)
		if (!(k in best)) {
			keys[++conditions] = k
			best[k] = i
		}
		if (c_mid[i] > c_mid[best[k]])
			best[k] = i
		if (is_ring(c_label[i])) {
			if (!(k in ring) || c_mid[i] > c_mid[ring[k]])
				ring[k] = i
		} else if (!(k in other) || c_mid[i] > c_mid[other[k]])
			other[k] = i
	}
}

function tied(k,  i, text) {
	text = ""
	for (i = 1; i <= cells; i++)
		if (i != best[k] && c_status[i] == "ok" && !c_over[i] &&
		    !is_control(c_label[i]) && key(i) == k &&
		    (kind == "undecided" || c_mid[i] > c_mid[best[k]] * 0.985))
			text = text ", " json(c_label[i])
	return text
}

# Returns the mechanism that is set up fastest under a condition.
function starter(k,  i, first) {
	for (i = 1; i <= cells; i++)
		if (c_status[i] == "ok" && !is_control(c_label[i]) &&
		    !c_over[i] && key(i) == k &&
		    (!first || startup_ns(i) < startup_ns(first)))
			first = i
	return first
}

# Returns the number of bytes from which the fastest is ahead of that mechanism.
function pays_from(k,  more, gain) {
	more = startup_ns(best[k]) - startup_ns(starter(k))
	gain = 1e9 / c_mid[starter(k)] - 1e9 / c_mid[best[k]]
	return more <= 0 ? 0 : sprintf("%.9g", more / gain)
}

function map_line(k, lead,  r) {
	printf "%s\n{\"condition\": %s, \"best\": [%s%s], " \
	    "\"undecided\": [%s], \"ring\": %s, " \
	    "\"other\": %s, \"starter\": %s, \"pays_from_bytes\": %s", lead, \
	    condition(best[k]), json(c_label[best[k]]), \
	    kind == "undecided" ? "" : tied(k), \
	    kind == "undecided" ? substr(tied(k), 3) : "", \
	    (k in ring) ? json(c_label[ring[k]]) : "null", \
	    (k in other) ? json(c_label[other[k]]) : "null", \
	    k ~ /^pingpong/ ? "null" : json(c_label[starter(k)]), \
	    k ~ /^pingpong/ ? "null" : pays_from(k) > verdict
	if (!(k in ring) || !(k in other)) {
		printf ", \"ratio\": null, \"low\": null, \"high\": null, " \
		    "\"outcome\": null}" > verdict
		return
	}
	r = c_mid[ring[k]] / c_mid[other[k]]
	printf ", \"ratio\": %.4f, \"low\": %.4f, \"high\": %.4f, " \
	    "\"outcome\": %s}", r, r * 0.97, r * 1.03, \
	    json(outcome_of(r)) > verdict
}

function write_verdict(  n, lead) {
	survey()
	printf "{\"format\": 1, \"comparisons\": [" > verdict
	for (n = 1; n <= conditions; n++)
		if (keys[n] in ring && keys[n] in other) {
			comparison(ring[keys[n]], other[keys[n]], lead)
			lead = ","
		}
	printf "],\n\"map\": [" > verdict
	lead = ""
	for (n = 1; n <= conditions; n++) {
		map_line(keys[n], lead)
		lead = ","
	}
	printf "],\n\"sentence\": \"This run is made up: no machine was " \
	    "asked.\",\n\"level\": 0.95, \"alpha\": 0.05, \"margin\": 0.03, " \
	    "\"seed\": %d,\n\"claim\": {\"holds\": %d, \"fails\": %d, " \
	    "\"ties\": %d, \"undecided\": %d},\n", seed, claim["faster"], \
	    claim["slower"], claim["equivalent"], claim["undecided"] > verdict
	printf "\"explanations\": [{\"condition\": %s, \"text\": " \
	    "\"An explanation with <angles> & \\\"quotes\\\".\", " \
	    "\"facts\": {\"calls_per_mib\": 16}}],\n", \
	    condition(1) > verdict
	printf "\"findings\": [\"A finding with <angles>.\"]}\n" > verdict
	close(verdict)
}

function write_manifest(  i) {
	printf "{\"format\": 2, \"program\": {\"version\": \"made up\"},\n" \
	    "\"machine\": {\"cpu\": \"made-up CPU\", \"cpus\": 4, " \
	    "\"kernel\": \"Linux 0.0.0\", \"governor\": null},\n" \
	    "\"command\": \"tests/made_up_run %s %s\", \"plan\": \"%s\", " \
	    "\"outcome\": \"done\", \"seed\": %d,\n\"cells\": [", kind, seed, kind, \
	    seed > manifest
	for (i = 1; i <= cells; i++)
		printf "%s\n{\"cell\": %s, \"mechanism\": %s, \"label\": %s, " \
		    "\"workload\": %s, \"sink\": %s, \"cache\": %s, " \
		    "\"size_bytes\": %s, \"depth\": %s, \"wait\": %s, " \
		    "\"place\": %s, \"pairs\": %d, \"status\": %s}", \
		    (i > 1 ? "," : ""), json(c_id[i]), json(c_mech[i]), \
		    json(c_label[i]), json(c_workload[i]), json(c_sink[i]), \
		    json(c_cache[i]), whole(c_size[i]), json(c_depth[i] ""), \
		    json(c_wait[i]), json(c_place[i]), c_pairs[i], \
		    (c_status[i] == "skipped" ? "\"skipped\"" : "\"ok\"") \
		    > manifest
	print "]}" > manifest
	close(manifest)
}

BEGIN {
	samples = dir "/samples.csv"
	summary = dir "/summary.csv"
	copies = dir "/copies.csv"
	verdict = dir "/verdict.json"
	manifest = dir "/manifest.json"
	state = (seed * 7919 + 12345) % 2147483646 + 1
	for (i = 0; i < 10; i++)
		uniform()
	generations = kind == "many" ? 6 : 10
	if (kind == "names")
		awkward_mechanisms()
	else if (kind == "one")
		mechanism("shm sem", "shm:sync=sem", 2, 0, 3000)
	else
		common_mechanisms()
	if (kind == "many")
		more_mechanisms()
	for (i = 1; i <= mechanisms; i++)
		rank_of[name[i]] = i
	for (i = 1; i <= mechanisms; i++)
		cells_of_label(name[i])
	if (kind == "failed")
		break_cells()
	all_samples()
	write_summary()
	write_copies()
	write_verdict()
	write_manifest()
}
