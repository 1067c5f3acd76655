/* Steps through the stories. Without this the still pictures and the tables stay. */
(() => {
	const stories = JSON.parse(document.getElementById("data").textContent);
	const length = Math.max(...stories.map((s) => s.steps.length));
	const calm = matchMedia("(prefers-reduced-motion: reduce)");
	const asked = new Map(); /* step: for each story, which answers were right */
	const tables = document.getElementById("tables");
	let at = 0, guesses = null;

	const make = (name, props = {}, ...children) => {
		const element = document.createElement(name);

		Object.assign(element, props);
		element.append(...children);
		return element;
	};

	/* With two stories, each text begins with its title. */
	const titleOf = (s) => stories.length > 1 ? `${s.title}: ` : "";

	/* --- what has happened after so many steps ------------------------- */

	const move = (s, world, step) => {
		const hop = s.hops[step.hop];
		const from = world.rows[hop.from][rowOf(s, hop.from, step)];
		const to = world.rows[hop.to][rowOf(s, hop.to, step)];

		if (hop.from === s.in)
			from.message = step.message;
		if (to.message !== step.message)
			to.cells.fill("");
		to.message = step.message;
		to.spent = false;
		for (let i = hop.first; i < hop.first + hop.bytes; i++) {
			to.cells[i] = hop.copies === 0 ? "ref" : "copy";
			if (s.boxes[hop.from].forgets)
				from.cells[i] = "";
		}
		from.spent = s.slots > 0 && s.boxes[hop.from].mapped &&
			hop.from !== s.in && hop.from !== hop.to;
		world.copies += Math.max(hop.copies, 0) * hop.part;
	};

	const play = (s, steps) => {
		const world = { copies: 0, calls: 0, switches: 0, wakes: 0, running: -1,
			asleep: new Set(s.waits < 0 ? [] : [s.waits]), empty: s.slots, full: 0,
			rows: s.boxes.map((b) => Array.from({ length: b.slots }, () =>
				({ cells: Array(16).fill(""), message: -1, spent: false }))) };

		world.rows[s.in][0].cells.fill("copy");
		world.rows[s.in][0].message = 0;
		for (const step of s.steps.slice(0, steps)) {
			if (step.kind === "map" && step.box !== s.in)
				world.rows[step.box].forEach((row) => row.cells.fill("zero"));
			if (step.kind === "move")
				move(s, world, step);
			if (step.kind === "map")
				continue;
			if (world.running >= 0 && world.running !== step.actor)
				world.switches++;
			world.running = step.actor;
			world.calls += step.calls;
			world.wakes += step.woken >= 0;
			world.asleep.delete(step.actor);
			world.asleep.delete(step.woken);
			if (step.kind === "sleep")
				world.asleep.add(step.actor);
			world.empty = step.empty;
			world.full = step.full;
		}
		return world;
	};

	/* Copies of each byte: by the steps, and by hops too small for a step. */
	const sum = (s) => {
		const beside = s.hops.filter((h) => !h.played)
			.reduce((n, h) => n + h.part * Math.max(h.copies, 0), 0);
		const told = play(s, s.steps.length).copies / s.messages + beside;

		return s.count !== null && s.count > told ? s.count : told;
	};

	/* --- the picture --------------------------------------------------- */

	const drawRow = (s, group, row) => {
		group.querySelectorAll(".cell").forEach((cell, i) => {
			cell.setAttribute("class", `cell c${i} ${row.cells[i]}`);
			cell.querySelector("text").textContent = row.cells[i] === "zero" ? "0" :
				i.toString(16).toUpperCase();
		});
		group.classList.toggle("spent", row.spent);
		if (s.messages === 1)
			return;
		let tag = group.querySelector(".tag");

		if (!tag) {
			const one = s.boxes[group.dataset.box].slots === 1;

			tag = document.createElementNS("http://www.w3.org/2000/svg", "text");
			tag.setAttribute("class", "tag left");
			tag.setAttribute("x", one ? 174 : 187);
			tag.setAttribute("y", one ? -6 : 11);
			group.append(tag);
		}
		tag.textContent = row.message < 0 || !row.cells.some(Boolean) ? "" :
			(s.boxes[group.dataset.box].slots === 1 ? "message " : "") + (row.message + 1);
	};

	/* An arrow that is still to be predicted is not shown. */
	const drawArrows = (s, figure, step) => {
		const hop = hopOf(s, step);
		const box = hop ? hop.to : step && step.kind === "map" ? step.box : -1;
		const seen = s.steps.slice(0, at).map((o) => hopOf(s, o)).filter(Boolean);

		figure.querySelectorAll(".hop").forEach((group) => {
			const is = (h) => Number(group.dataset.from) === h.from &&
				Number(group.dataset.to) === h.to;

			group.classList.toggle("now", Boolean(hop) && is(hop));
			group.classList.toggle("unseen", !seen.some(is));
		});
		figure.querySelectorAll(".box").forEach((group) => group.classList.toggle("now",
			Number(group.dataset.box) === box));
	};

	const spot = (svg, box, slot) => {
		const row = svg.querySelector(`.row[data-box="${box}"][data-slot="${slot}"]`);
		const matrix = row.transform.baseVal.consolidate().matrix;

		return { row, css: `translate(${matrix.e}px, ${matrix.f}px)` };
	};

	const fly = (s, svg, step) => {
		const hop = s.hops[step.hop];
		const from = spot(svg, hop.from, rowOf(s, hop.from, step));
		const to = spot(svg, hop.to, rowOf(s, hop.to, step));
		const token = from.row.cloneNode(false);

		token.setAttribute("class", "token");
		token.removeAttribute("transform");
		to.row.querySelectorAll(".cell").forEach((cell, i) => {
			if (i >= hop.first && i < hop.first + hop.bytes)
				token.append(cell.cloneNode(true));
		});
		svg.append(token);
		token.animate([{ transform: from.css }, { transform: to.css }],
			{ duration: 650, easing: "ease-in-out" }).onfinish = () => token.remove();
	};

	/* --- what is said beside it ---------------------------------------- */

	const facts = (s, world) => {
		const list = [[s.messages > 1 ? "copies, all messages" : "copies so far",
			world.copies.toFixed(world.copies % 1 ? 3 : 0)],
			["system calls", world.calls], ["switches", world.switches],
			["wake-ups", world.wakes]];

		if (s.ring)
			list.push(["empty slots", world.empty], ["full slots", world.full]);
		for (const [i, name] of s.actors.entries())
			list.push([name, world.asleep.has(i) ? "sleeps" :
				world.running === i ? "runs" :
					s.steps.slice(at).some((step) => step.actor === i) ? "ready" : "done"]);
		return make("dl", {}, ...list.map(([name, value]) => make("div", {},
			make("dt", { textContent: name }), make("dd", { textContent: value,
				className: value === "sleeps" ? "asleep" : "" }))));
	};

	const amount = (n) => n.toFixed(n % 1 ? 3 : 0);

	/* The calls that copy, each with its reason. */
	const reasons = (s) => s.hops.filter((h) => h.played && h.copies > 0)
		.map((h, i) => `${i + 1}. ${s.actors[h.actor]}, ${h.call}: ${h.why}`).join(" ");

	const verdict = (s, guess) => {
		if (guess === null || s.count === null)
			return "";
		return ` You said ${guess}: ` + (Math.abs(guess - s.count) < .01 ? "right." :
			`not so. ${reasons(s) || "No call copies."}`);
	};

	const ended = (s, i) => {
		const total = sum(s), all = play(s, s.steps.length).copies;
		const words = s.count === null ? "The count has no number here: see below." :
			`${s.counted ? "Counted" : "Predicted"}: ${s.lower ? "at least " : ""}` +
			`${s.count.toFixed(3)} copies of each byte. ` +
			`The steps of this page add up to ${total.toFixed(3)}` +
			(s.messages > 1 ? `: ${amount(all)} copies, ${s.messages} messages.` : ".");

		return words + verdict(s, guesses?.[i] ?? null);
	};

	/* Why somebody sleeps before the first step. */
	const before = (s) => s.waits < 0 ? "" : ` ${s.actors[s.waits]} sleeps: ` +
		"it has asked for bytes, and there are none yet.";

	const sentence = (s, i) => {
		const step = s.steps[at - 1];

		if (!step)
			return at ? `${titleOf(s)}Done after ${s.steps.length} steps. ${ended(s, i)}` :
				`${titleOf(s)}${s.steps.length} steps.${before(s)}`;
		const hop = hopOf(s, step);
		const part = hop && hop.part < .995 ?
			` This way goes ${(100 * hop.part).toFixed(0)} % of the bytes.` : "";
		const keep = !s.ring || !hop ? "" : (step.wait ? ` Before: ${step.wait}.` : "") +
			(step.tell ? ` After: ${step.tell}.` : "");
		const end = at === s.steps.length ? " " + ended(s, i) : "";

		return `${titleOf(s)}Step ${at} of ${s.steps.length}. ` +
			`${step.says}${part}${keep}${end}`;
	};

	/* Why this process makes the call of a step, and why it copies or not. */
	const reasonOf = (s, step) => {
		const hop = hopOf(s, step);
		const text = hop ? `${hop.caller} ${hop.why}` : step ? step.why : "";

		return text && titleOf(s) + text;
	};

	/* Texts, each on a line of its own. */
	const lines = (texts) => texts.filter(Boolean)
		.flatMap((text, i) => i ? [make("br"), text] : [text]);

	/* --- the controls -------------------------------------------------- */

	const said = make("p", { id: "said" });
	const why = make("p");
	const because = make("details", { id: "because", open: true },
		make("summary", { textContent: "Why this step" }), why);
	const score = make("p", { id: "score" });
	const back = make("button", { type: "button", textContent: "◀ Back" });
	const next = make("button", { type: "button", textContent: "Next ▶", className: "main" });
	const begin = make("button", { type: "button", textContent: "Begin again" });
	const last = make("button", { type: "button", textContent: "To the end" });
	const first = make("form", { id: "first" });
	const form = make("form", { id: "predict" });

	said.setAttribute("role", "status");
	said.setAttribute("aria-live", "polite");
	why.setAttribute("aria-live", "polite");
	score.setAttribute("aria-live", "polite");

	const isNew = () => at < length && !asked.has(at);

	const choice = (name, label, options) => {
		const select = make("select", { name }, make("option",
			{ value: "", textContent: "choose" }));

		for (const [value, text] of options)
			select.append(make("option", { value, textContent: text }));
		return make("label", {}, label, select);
	};

	/* Mappings may belong to several processes at once. */
	const peopleOf = (s) => {
		const owners = s.steps.filter((step) => step.kind === "map")
			.map((step) => s.boxes[step.box].owner);

		return [...s.actors.map((a, i) => [String(i), a]), ...[...new Set(owners)]
			.filter((name) => !s.actors.includes(name)).map((name) => [name, name])];
	};

	const callsOf = (s) => {
		const calls = new Set(s.hops.filter((h) => h.played).map((h) => h.call));

		s.steps.filter((step) => step.kind === "sleep" && step.wait)
			.forEach((step) => calls.add(step.wait));
		s.steps.filter((step) => step.kind === "tell")
			.forEach((step) => calls.add(step.tell));
		if (s.steps.some((step) => step.kind === "map"))
			calls.add("mmap");
		return [...calls].sort().map((c) => [c, c]);
	};

	const effectsOf = (s) => [["copy", "the bytes are copied"],
		["ref", "no copy: the same pages"], ["wait", "no bytes move: it waits"],
		...[["map", "no bytes move: memory is mapped"],
			["tell", "no bytes move: it tells the other side"]].filter(([kind]) =>
			s.steps.some((step) => step.kind === kind))];

	const questions = (s) => make("fieldset", {},
		...stories.length > 1 ? [make("legend", { textContent: s.title })] : [],
		choice("who", "Who acts next?", peopleOf(s)),
		choice("call", "By which call?", callsOf(s)),
		choice("what", "With what effect?", effectsOf(s)),
		choice("where", "Which place gets them?", [...s.boxes.map((b, i) =>
			[String(i), b.says]), ["stay", "none: they stay"]]));

	const fillForm = () => {
		form.append(...stories.map(questions),
			make("button", { type: "submit", textContent: "Check, and play it" }));
		if (stories.some((s) => s.actors.length > 1))
			form.append(make("p", { className: "rule", textContent: "There is one CPU, " +
				"and a process usually runs until it has to wait. An answer is right, too, " +
				"if it could come next in another order." }));
	};

	const showScore = () => {
		const all = [...asked.values()].flat().flatMap((parts) => Object.values(parts));

		score.textContent = all.length ? `Your predictions: ${all.filter(Boolean).length} ` +
			`of ${all.length} right.` : "";
	};

	const draw = (flies) => {
		stories.forEach((s, i) => {
			const section = document.querySelector(`[data-story="${i}"]`);
			const world = play(s, at), step = s.steps[at - 1];

			section.querySelectorAll(".row").forEach((group) => drawRow(s, group,
				world.rows[group.dataset.box][group.dataset.slot]));
			drawArrows(s, section, step);
			section.querySelector(".state").replaceChildren(facts(s, world));
			if (flies && !calm.matches && hopOf(s, step))
				section.querySelectorAll("figure svg").forEach((svg) => fly(s, svg, step));
		});
		back.disabled = begin.disabled = at === 0;
		next.disabled = last.disabled = at === length;
		first.hidden = at > 0;
		form.hidden = at === 0 && !guesses ? true : !isNew();
		form.querySelectorAll("select").forEach((select) => { select.value = ""; });
		form.querySelectorAll("fieldset").forEach((set, i) => {
			set.hidden = set.disabled = at >= stories[i].steps.length;
		});
		next.textContent = form.hidden ? "Next ▶" : "Next, without predicting ▶";
		if (at === 0 || at === length)
			tables.open = at === length;
		showScore();
	};

	const go = (to) => {
		const forward = to === at + 1;

		at = Math.min(Math.max(to, 0), length);
		document.querySelectorAll(".token").forEach((token) => token.remove());
		said.replaceChildren(...lines(stories.map(sentence)));
		why.replaceChildren(...lines(stories.map((s) => reasonOf(s, s.steps[at - 1]))));
		because.hidden = !why.hasChildNodes();
		draw(forward);
	};

	const takeTotals = () => {
		const values = [...first.querySelectorAll("input")].map((input) =>
			input.value === "" ? null : Number(input.value));

		guesses = values.some((v) => v !== null) ? values : guesses || [];
	};

	const forward = () => {
		if (at === 0)
			takeTotals();
		go(at + 1);
	};

	const names = { who: "who acts", call: "the call", what: "the effect",
		where: "which place gets them" };

	/* What is said of an answer. The reason follows with the step that is played. */
	const sayJudged = (s, found) => {
		const wrong = Object.keys(found.parts).filter((part) => !found.parts[part]);

		if (!Object.keys(found.parts).length)
			return [];
		if (wrong.length)
			return [make("span", { className: "wrong",
				textContent: `${titleOf(s)}Not so: ${wrong.map((p) => names[p]).join(", ")}. ` })];
		return [make("span", { className: "right", textContent: `${titleOf(s)}Right` +
			(found.other ? ": that could come next, too. Here it goes on thus: " : ". ") })];
	};

	const check = (event) => {
		const open = [...form.querySelectorAll("select:enabled")];

		event.preventDefault();
		if (!open.some((select) => select.value)) {
			said.textContent = "Choose an answer first.";
			open[0].focus();
			return;
		}
		const found = [...form.querySelectorAll("fieldset")].map((set, i) => {
			const given = {};

			set.querySelectorAll("select").forEach((select) => {
				given[select.name] = select.value;
			});
			return set.hidden ? { parts: {} } :
				judge(stories[i], play(stories[i], at), at, given);
		});
		const words = found.flatMap((f, i) => sayJudged(stories[i], f));

		asked.set(at, found.map((f) => f.parts));
		go(at + 1);
		because.open ||= found.some((f) => Object.values(f.parts).includes(false));
		(at === length ? back : form.hidden ? next :
			form.querySelector("fieldset:not([hidden]) select")).focus();
		said.prepend(...words.flatMap((word) => stories.length > 1 ? [word, make("br")] : [word]));
	};

	const keys = { ArrowRight: () => forward(), ArrowLeft: () => go(at - 1),
		Home: () => go(0), End: () => go(length) };
	let touched = null;

	first.append(...stories.map((s) => make("label", {},
		`How many copies of each byte${stories.length > 1 ? ": " + s.title : " in all"}?`,
		make("input", { type: "number", min: 0, max: 99, step: "any", inputMode: "decimal" }))),
	make("button", { type: "submit", textContent: "That is my prediction" }));
	first.addEventListener("submit", (event) => {
		event.preventDefault();
		takeTotals();
		said.textContent = "Written down. The first step is yours to predict.";
		draw(false);
		first.hidden = true;
		form.querySelector("select").focus();
	});
	form.addEventListener("submit", check);
	next.addEventListener("click", forward);
	back.addEventListener("click", () => go(at - 1));
	begin.addEventListener("click", () => { asked.clear(); go(0); });
	last.addEventListener("click", () => { takeTotals(); go(length); });
	document.addEventListener("keydown", (event) => {
		if (keys[event.key] && !event.ctrlKey && !event.altKey && !event.metaKey &&
			!event.target.closest("input, select, .scroll")) {
			event.preventDefault();
			keys[event.key]();
		}
	});
	const stage = document.getElementById("stage");

	stage.addEventListener("touchstart", (event) => {
		touched = event.touches.length === 1 ? event.touches[0] : null;
	}, { passive: true });
	stage.addEventListener("touchend", (event) => {
		const end = event.changedTouches[0];
		const x = touched ? end.clientX - touched.clientX : 0;

		if (Math.abs(x) > 50 && Math.abs(end.clientY - touched.clientY) < 40)
			x < 0 ? forward() : go(at - 1);
	}, { passive: true });
	window.addEventListener("beforeprint", () => { tables.open = true; });
	document.documentElement.classList.add("live");
	document.body.classList.toggle("two", stories.length > 1);
	fillForm();
	document.getElementById("controls").append(said, because, first, form,
		make("div", { className: "buttons" }, next, back, begin, last), score,
		make("p", { className: "rule", textContent: "Keys: → next, ← back, Home: to the " +
			"beginning, End: to the end. On a touch screen, swipe over the picture." }));
	go(0);
})();
