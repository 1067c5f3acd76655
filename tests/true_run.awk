# The program of tests/true_run: draws samples around given medians.

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

# mawk's %d ends at 2^31
function whole(x) { return sprintf("%.0f", x) }

function quoted(text) { return "\"" text "\"" }

{
	n++
	label[n] = $1
	gsub(/\+/, " ", label[n])
	spec[n] = $2
	workload[n] = $3
	sub(/\/.*/, "", workload[n])
	size[n] = $4
	depth[n] = $5
	wait[n] = $6
	place[n] = $7
	speed[n] = $8
	noise[n] = $9
	fate[n] = $10
	mechanism[n] = $2
	sub(/:.*/, "", mechanism[n])
	sink[n] = $3 ~ /\// ? substr($3, index($3, "/") + 1) : \
	    workload[n] == "file" ? "new" : "-"
	name[n] = spec[n] (spec[n] ~ /:/ ? "," : ":") "size=" size[n] \
	    (depth[n] ~ /^[0-9]/ ? ",depth=" depth[n] : "") "|" workload[n] \
	    "|" sink[n] "|hot|" place[n] "|1" $11
}

function header() {
	print "sweep,generation,condition,cell,position,phase,round,turn," \
	    "status,reason,at_ns,setup_ns,wall_ns,bytes,messages," \
	    "server_user_ns,server_sys_ns,client_user_ns,client_sys_ns," \
	    "server_voluntary,server_involuntary,client_voluntary," \
	    "client_involuntary,server_faults,client_faults,steal_ns," \
	    "witness_ns,p50_ns,p90_ns,p99_ns,p999_ns,max_ns" > samples
}

function begin_line(i, generation, phase, round) {
	printf "%d,%d,1,%s,1,%s,%s,%s,", generation, generation, \
	    quoted(name[i]), phase, round, round > samples
}

# The first transfer takes 1 ms more. Set-up takes 2 ms, and 8 ms for a ring.
function first(i, generation, wall, bytes, messages) {
	begin_line(i, generation, "first", "")
	printf "ok,,%s,%s,%s,%s,%d,", whole(++order * 1e7), \
	    mechanism[i] == "shm" ? 8e6 : 2e6, whole(wall + 1e6), whole(bytes), \
	    messages > samples
	print ",,,,,,,,,,0,1000000,,,,," > samples
}

function transfer(i, generation, round, wall, bytes, messages) {
	begin_line(i, generation, "timed", round)
	printf "ok,,%s,,%s,%s,%d,", whole(++order * 1e7), whole(wall), \
	    whole(bytes), messages > samples
	print whole(wall / 4) "," whole(wall / 4) "," whole(wall / 4) "," \
	    whole(wall / 4) "," switches(i) ",1," switches(i) \
	    ",1,10,10,0,1000000,,,,," > samples
}

# Makes up a generation of a cell: three rounds around a median that is drawn.
function measure(i, generation,  s, messages, bytes, wall, round) {
	s = speed[i] * exp(noise[i] * normal())
	if (fate[i] == "slow" && generation % 2)
		s /= 2
	if (fate[i] == "disturbed" && uniform() < 0.15)
		s /= 1 + uniform()
	if (fate[i] == "failed" || (fate[i] == "flaky" && generation % 3 == 0)) {
		begin_line(i, generation, "first", "")
		print "failed,it was refused," whole(++order * 1e7) \
		    ",,,,,,,,,,,,,,,,,,,,," > samples
		return
	}
	messages = 1000
	bytes = messages * size[i]
	if (fate[i] == "empty")
		messages = bytes = 0
	wall = fate[i] == "empty" ? 1e6 : (workload[i] == "pingpong" ? messages : bytes) / s * 1e9
	first(i, generation, wall, bytes, messages)
	for (round = 1; round <= 3; round++)
		transfer(i, generation, round, wall * (1 + (round - 2) * 0.002), \
			bytes, messages)
}

# The sides of a ring with one slot wake each other for every message.
function switches(i) {
	return mechanism[i] == "shm" && depth[i] == 1 ? 1000 : 20
}

function write_samples(  generation, i, j, x, order_of) {
	header()
	for (i = 1; i <= n; i++)
		order_of[i] = i
	for (generation = 1; generation <= generations; generation++) {
		for (i = n; i > 1; i--) {
			j = 1 + int(uniform() * i)
			x = order_of[i]
			order_of[i] = order_of[j]
			order_of[j] = x
		}
		for (i = 1; i <= n; i++)
			if (fate[order_of[i]] != "skipped")
				measure(order_of[i], generation)
	}
	close(samples)
}

function write_manifest(  i) {
	printf "{\"format\": 2, \"seed\": %d, \"outcome\": \"done\",\n" \
	    "\"machine\": {\"cpu\": \"made up\", \"kernel\": \"0.0.0\"},\n" \
	    "\"plan\": {\"name\": \"true\", \"level\": 0.95, \"alpha\": " \
	    "0.05, \"margin\": 0.03},\n\"cells\": [", seed > manifest
	for (i = 1; i <= n; i++)
		printf "%s\n{\"cell\": %s, \"mechanism\": %s, \"label\": %s, " \
		    "\"workload\": %s, \"sink\": %s, \"cache\": \"hot\", " \
		    "\"size_bytes\": %s, \"depth\": %s, \"wait\": %s, " \
		    "\"place\": %s, \"pairs\": 1, \"status\": %s, " \
		    "\"reason\": %s, \"stopped\": \"generations\"}", \
		    (i > 1 ? "," : ""), quoted(name[i]), quoted(mechanism[i]), \
		    quoted(label[i]), quoted(workload[i]), quoted(sink[i]), \
		    whole(size[i]), quoted(depth[i]), quoted(wait[i]), \
		    quoted(place[i]), \
		    (fate[i] == "skipped" ? "\"skipped\"" : "\"ok\""), \
		    (fate[i] == "skipped" ? "\"a limit of this machine\"" \
		    : "\"\"") > manifest
	print "]}" > manifest
	close(manifest)
}

END {
	samples = dir "/samples.csv"
	manifest = dir "/manifest.json"
	state = (seed * 7919 + 12345) % 2147483646 + 1
	for (i = 0; i < 10; i++)
		uniform()
	write_samples()
	write_manifest()
}
