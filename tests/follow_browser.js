// Opens pages that follow a byte in a headless Chromium and steps through them.
// DIR/pages has *.html, and for each a .json with the numbers of its count.
"use strict";
const fs = require("fs");
const path = require("path");
const { ok, Page, run, dir } = require("./browser.js");

const pages = path.join(dir, "pages");
const wanted = Number(process.argv[4]);

// Not every machine can count every mechanism.
function isMade(name) {
	return fs.existsSync(path.join(pages, `${name}.html`));
}

function strangers(page) {
	return page.requests.filter((url) => url !== page.url && !url.startsWith("data:"));
}

async function press(page, key) {
	for (const type of ["keyDown", "keyUp"])
		await page.send("Input.dispatchKeyEvent", { type, key, code: key });
}

function look() {
	const text = (selector) => Array.from(document.querySelectorAll(selector),
		(e) => e.textContent);

	return { said: document.getElementById("said").textContent,
		state: text(".state dd"), rows: text(".stage .row"),
		cells: Array.from(document.querySelectorAll(".stage .cell"),
			(e) => e.getAttribute("class").replace(/^cell c\d+ ?/, "")).join(","),
		now: document.querySelectorAll("svg.wide .hop.now").length,
		tables: document.getElementById("tables").open };
}

function tooWide() {
	return document.documentElement.scrollWidth - window.innerWidth;
}

// Runs inside the page: steps forward to the end by keys, and then back.
function walk() {
	const stories = JSON.parse(document.getElementById("data").textContent);
	const length = Math.max(...stories.map((s) => s.steps.length));
	const said = () => document.getElementById("said").textContent;
	const why = () => document.querySelector("#because:not([hidden]) p")?.textContent;
	const cells = () => Array.from(document.querySelectorAll(".stage .cell, .stage .box"),
		(e) => e.getAttribute("class")).join() +
		Array.from(document.querySelectorAll(".state dd"), (e) => e.textContent).join();
	const before = [], silent = [], moved = [];

	for (let i = 0; i < length; i++) {
		before.push(cells());
		document.body.dispatchEvent(new KeyboardEvent("keydown",
			{ key: "ArrowRight", bubbles: true }));
		if (!said().includes(`Step ${i + 1} of `) || !why())
			silent.push(i);
		if (before[i] === cells())
			moved.push(i);
	}
	const end = said(), disabled = document.querySelector("button.main").disabled;
	const wrong = [];

	for (let i = length - 1; i >= 0; i--) {
		document.body.dispatchEvent(new KeyboardEvent("keydown",
			{ key: "ArrowLeft", bubbles: true }));
		if (before[i] !== cells())
			wrong.push(i);
	}
	return { length, silent, moved, wrong, end, disabled };
}

function data() {
	return JSON.parse(document.getElementById("data").textContent);
}

// True if each byte lies in the box from which a step takes it, and if all bytes
// lie in the output at the end.
function isPossible(s) {
	const at = s.boxes.map(() => new Set());
	const bytes = (step, hop) => Array.from({ length: hop.bytes }, (_, i) =>
		`${step.message} ${hop.first + i}`);

	return s.steps.every((step) => {
		if (step.kind !== "move")
			return true;
		const hop = s.hops[step.hop], moved = bytes(step, hop);
		const good = hop.from === s.in || moved.every((b) => at[hop.from].has(b));

		moved.forEach((b) => at[hop.to].add(b));
		return good && moved.length > 0;
	}) && at[s.out].size === 16 * s.messages;
}

function table() {
	const number = (e) => Number(e.textContent);

	return { sum: document.querySelector(".sum").textContent,
		rows: Array.from(document.querySelectorAll("table.hops tbody tr"), (tr) =>
			number(tr.querySelector(".n"))) };
}

async function agrees(page, name) {
	const json = JSON.parse(fs.readFileSync(path.join(pages, name + ".json"), "utf8"));
	const [s] = await page.ask(data), shown = await page.ask(table);
	const walked = await page.ask(walk);
	const rows = shown.rows.reduce((a, b) => a + (b || 0), 0);
	const hops = s.hops.map((h) => h.call).sort().join();
	const said = json.resolved ? json.copies_per_byte.toFixed(3) : null;

	ok(json.resolved ? shown.sum === said && Math.abs(rows - json.copies_per_byte) < .004 &&
		walked.end.includes(`The steps of this page add up to ${said}`) : shown.sum === "unresolved",
	`${name}: the page's sum is the count, ${said}`, [shown, said, walked.end]);
	ok(hops === json.hops.map((h) => h.call).sort().join() && isPossible(s),
		`${name}: its hops are the ledger's, in a possible order`, [hops, s.steps]);
	ok(walked.length > 0 && !walked.silent.length && !walked.moved.length &&
		!walked.wrong.length && walked.disabled,
	`${name}: ${walked.length} steps by keys, forward and back`, walked);
}

async function plays(file) {
	const name = file.replace(/\.html$/, "");
	const page = await Page.open(path.join(pages, file), { calm: true });

	if (name === "two") {
		const walked = await page.ask(walk);

		ok(walked.length > 20 && !walked.silent.length && !walked.wrong.length,
			`${name}: ${walked.length} steps in step`, walked);
		ok((walked.end.match(/Counted: |Predicted: /g) ?? []).length === 2,
			`${name}: at the end both have their count`, walked.end);
	} else {
		await agrees(page, name);
	}
	ok(fs.statSync(path.join(pages, file)).size < 300000 && !strangers(page).length &&
		!page.complaints.length, `${name}: small, requests nothing, nothing on the console`,
	[strangers(page), page.complaints]);
	await page.close();
}

// --- keys and settings --------------------------------------------------------------

function choose(right) {
	const [s] = JSON.parse(document.getElementById("data").textContent);
	const form = document.getElementById("predict"), step = s.steps[0];
	const hop = s.hops[step.hop];
	const value = { who: String(step.actor), call: hop.call,
		what: hop.copies ? "copy" : "ref", where: String(hop.to) };

	form.querySelectorAll("select").forEach((select) => {
		select.value = value[select.name];
	});
	if (!right)
		form.querySelector("[name=what]").value = "wait";
	form.requestSubmit();
	return [document.getElementById("said").textContent,
		document.getElementById("score").textContent,
		document.querySelector("#because[open]:not([hidden]) p").textContent];
}

function predictTotal(value) {
	const form = document.getElementById("first");

	form.querySelector("input").value = value;
	form.requestSubmit();
	return { open: !document.getElementById("predict").hidden,
		focus: document.activeElement.name };
}

async function predicts(file) {
	let page = await Page.open(file, { calm: true });
	const first = await page.ask(predictTotal, 2);

	ok(first.open && first.focus === "who", "after the total the first step is asked for", first);
	const unsaid = await page.ask(() => {
		document.getElementById("predict").requestSubmit();
		return document.getElementById("said").textContent;
	});
	ok(unsaid === "Choose an answer first.", "without an answer nothing is played", unsaid);
	const right = await page.ask(choose, true);
	ok(/^Right\. /.test(right[0]) && right[1].includes("4 of 4") &&
		right[2].includes("The page cache belongs to the kernel"),
	"a right answer is called right, and the step has its reason", right);
	await page.ask(() => document.querySelector("button.main").focus() || 0);
	await press(page, "End");
	const end = await page.ask(look);
	ok(end.said.includes("You said 2: not so. 1. server, read: ") && end.tables,
		"at the end the prediction is compared with the count", end.said);
	await page.close();
	page = await Page.open(file, { calm: true });
	await page.ask(predictTotal, 4);
	const wrong = await page.ask(choose, false);
	ok(/^Not so: the effect\. Step 1 of /.test(wrong[0]) && wrong[1].includes("3 of 4") &&
		wrong[2].includes("The page cache belongs to the kernel"),
	"a wrong answer is called wrong, with the reason", wrong);
	await page.ask(() => document.querySelector("button.main").focus() || 0);
	await press(page, "Home");
	await press(page, "ArrowRight");
	ok((await page.ask(look)).said.includes("Step 1 of "), "keys of the keyboard step");
	await page.close();
}

// Answers each step as the page itself would play it; counts what was asked.
function answerAll() {
	const stories = JSON.parse(document.getElementById("data").textContent);
	const length = Math.max(...stories.map((s) => s.steps.length));
	const form = document.getElementById("predict"), wrong = [];
	let asked = 0;

	document.getElementById("first").requestSubmit();
	for (let at = 0; at < length; at++) {
		form.querySelectorAll("fieldset:not([hidden])").forEach((set, i) => {
			const s = stories.filter((o) => o.steps.length > at)[i];
			const answers = answersOf(s, s.steps[at]);

			set.querySelectorAll("select").forEach((select) => {
				select.value = answers[select.name]?.[0] ?? "";
				asked++;
				if (answers[select.name] && !select.value)
					wrong.push([at, select.name]);
			});
		});
		form.requestSubmit();
		if (document.querySelector("#said .wrong"))
			wrong.push([at, document.getElementById("said").textContent]);
	}
	return { asked, wrong, steps: stories.reduce((n, s) => n + s.steps.length, 0),
		score: document.getElementById("score").textContent };
}

async function asksEachStep(name) {
	const page = await Page.open(path.join(pages, `${name}.html`), { calm: true });
	const all = await page.ask(answerAll);

	ok(all.asked === 4 * all.steps && !all.wrong.length && /: (\d+) of \1 right/.test(all.score),
		`${name}: each step is asked for, and the page's own answers are right`, all);
	await page.close();
}

// Says what the page thinks of one answer to the step after `at` steps.
function judged(at, who, answer) {
	const [s] = JSON.parse(document.getElementById("data").textContent);
	const form = document.getElementById("predict");

	for (let i = 0; i < at; i++)
		document.querySelector("button.main").click();
	answer.who = String(s.actors.indexOf(who));
	if (answer.where !== undefined && answer.where !== "stay")
		answer.where = String(s.boxes.findIndex((b) =>
			b.says.toLowerCase() === answer.where));
	form.querySelectorAll("select").forEach((select) => {
		select.value = answer[select.name] ?? "";
		if (select.value !== (answer[select.name] ?? ""))
			throw new Error(`no choice ${answer[select.name]}`);
	});
	form.requestSubmit();
	return document.getElementById("said").textContent + " Why: " +
		document.querySelector("#because p").textContent;
}

// What is as true as the page's own step is right, and what is not is wrong.
async function judgesFairly() {
	const tries = [
		["shm-depth-1", 2, "client", { call: "write", what: "copy",
			where: "the page cache of out" }, /^Right: that could come next/],
		["shm-depth-1", 2, "server", { call: "sem_wait", what: "wait", where: "stay" },
			/^Right\. /],
		["shm-depth-1", 2, "server", { call: "read", what: "copy" }, /^Not so: /],
		["shm-depth-1", 1, "client", { call: "write", what: "copy" }, /^Not so: /],
		["shm-depth-4", 3, "client", { call: "write", what: "copy" },
			/^Right: that could come next/],
		["splice", 0, "server", { call: "splice", what: "ref", where: "stay" }, /^Right\. /],
		["splice", 0, "server", { what: "ref", where: "the page cache of in" }, /^Right\. /],
		["splice", 0, "server", { what: "copy" }, /^Not so: the effect\. .*Why: .*The bytes stay/],
		["pipe", 0, "client", { call: "read" },
			/^Not so: who acts\. .*Why: The call fills memory/],
		["cma", 1, "server", { call: "futex_wake", what: "tell", where: "stay" }, /^Right\. /],
		["cma", 1, "client", { call: "process_vm_readv" }, /^Not so: who acts, the call\. /],
	];

	for (const [name, at, who, answer, said] of tries.filter(([name]) => isMade(name))) {
		const page = await Page.open(path.join(pages, `${name}.html`), { calm: true });
		const text = await page.ask(judged, at, who, answer);

		ok(said.test(text), `${name}, step ${at + 1}, ${who}: ${said}`, text);
		await page.close();
	}
}

// A page explains the words that it uses, and no others.
async function explainsItsWords() {
	const has = { pipe: ["page cache", "hop"], "shm-depth-1": ["semaphore", "slot", "ring", "mapping"],
		splice: ["reference"], cma: ["futex"] };
	const lacks = { pipe: ["semaphore", "slot", "reference", "mapping", "futex"],
		"shm-depth-1": ["reference", "mq_timedsend"], splice: ["semaphore", "slot"],
		cma: ["slot", "reference"] };

	for (const name of Object.keys(has).filter(isMade)) {
		const page = await Page.open(path.join(pages, `${name}.html`), { calm: true });
		const words = await page.ask(() => Array.from(document.querySelectorAll(".words dt"),
			(e) => e.textContent));

		ok(has[name].every((word) => words.includes(word)) &&
			!lacks[name].some((word) => words.includes(word)),
		`${name}: the words that occur are explained, and no others`, words);
		await page.close();
	}
}

// With one slot and with four, the same messages go.
async function sameMessages() {
	const counts = [];

	for (const name of ["shm-depth-1", "shm-depth-4"]) {
		const page = await Page.open(path.join(pages, `${name}.html`), { calm: true });

		counts.push((await page.ask(data))[0].messages);
		await page.close();
	}
	ok(counts[0] === counts[1] && counts[0] > 4, "depth 1 and depth 4 have equally many messages",
		counts);
}

async function keyboardAndVoice(file) {
	const page = await Page.open(file, { calm: true });
	const reached = [];

	for (let i = 0; i < 8; i++) {
		await press(page, "Tab");
		await page.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Tab",
			windowsVirtualKeyCode: 9 });
		reached.push(await page.ask(() => document.activeElement.tagName));
	}
	ok(reached.includes("INPUT") && reached.includes("BUTTON"),
		"the controls are reached by Tab", reached);
	const voice = await page.ask(() => ({
		live: document.getElementById("said").getAttribute("aria-live"),
		mute: Array.from(document.querySelectorAll("svg[role=img]"))
			.filter((e) => e.getAttribute("aria-label").length < 30).length,
		labels: Array.from(document.querySelectorAll("input, select"))
			.filter((e) => !e.closest("label")).length,
		hidden: document.querySelectorAll(".hop:not(.unseen)").length,
		lang: document.documentElement.lang }));
	ok(voice.live === "polite" && !voice.mute && !voice.labels && voice.lang === "en",
		"each step is announced, each picture and field has words", voice);
	ok(voice.hidden === 0, "no arrow is shown before its step", voice.hidden);
	await page.close();
}

async function swipe(page, from, to) {
	const y = await page.ask(() => {
		document.getElementById("stage").scrollIntoView();
		return document.querySelector("figure").getBoundingClientRect().top + 40;
	});

	await page.send("Input.dispatchTouchEvent", { type: "touchStart",
		touchPoints: [{ x: from, y }] });
	await page.send("Input.dispatchTouchEvent", { type: "touchMove",
		touchPoints: [{ x: to, y }] });
	await page.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
	return (await page.ask(look)).said;
}

async function narrowAndTouch(file) {
	const page = await Page.open(file, { width: 400, touch: true, calm: true });
	const seen = await page.ask(() => Array.from(document.querySelectorAll("figure svg"),
		(svg) => svg.getBoundingClientRect().width > 200).join());

	ok(await page.ask(tooWide) <= 0 && seen === "false,true",
		"a narrow window has a picture of its own and needs no scrolling sideways",
		[seen, await page.ask(tooWide)]);
	ok((await swipe(page, 300, 100)).includes("Step 1 of "), "a swipe steps forward");
	ok(!(await swipe(page, 100, 300)).includes("Step 1 of "), "a swipe back steps back");
	const small = await page.ask(() => Array.from(document.querySelectorAll("button, select, input"))
		.filter((e) => e.offsetParent && e.getBoundingClientRect().height < 40).length);
	ok(small === 0, "everything that is touched is large enough", small);
	await page.close();
}

async function motion(file) {
	const tokens = () => {
		document.querySelector("button.main").click();
		return document.querySelectorAll(".token").length;
	};
	let page = await Page.open(file);

	ok(await page.ask(tokens) > 0, "bytes move");
	await page.close();
	page = await Page.open(file, { calm: true });
	ok(await page.ask(tokens) === 0, "bytes do not move where that is not wished");
	await page.close();
}

async function paper(file) {
	let page = await Page.open(file, { dark: true });

	ok(await page.ask(() => getComputedStyle(document.body).backgroundColor) ===
		"rgb(22, 22, 24)", "dark where dark is wished");
	await page.close();
	const still = () => ({
		buttons: Array.from(document.querySelectorAll("button"))
			.filter((e) => e.getBoundingClientRect().height).length,
		faint: Array.from(document.querySelectorAll("svg.wide .cell"))
			.filter((e) => getComputedStyle(e).opacity < 1).length,
		arrows: Array.from(document.querySelectorAll("svg.wide .hop"))
			.filter((e) => getComputedStyle(e).visibility !== "visible").length,
		rows: document.querySelector("table.hops tbody").rows.length,
		seen: document.querySelector("svg.wide").getBoundingClientRect().width > 300 });
	page = await Page.open(file, { calm: true });
	await page.send("Emulation.setEmulatedMedia", { media: "print" });
	const printed = await page.ask(still);
	ok(!printed.buttons && !printed.faint && !printed.arrows && printed.seen,
		"in print it is a still picture", printed);
	await page.close();
	page = await Page.open(file, { script: false });
	const plain = await page.ask(still);
	ok(!plain.buttons && !plain.faint && !plain.arrows && plain.seen && plain.rows >= 2,
		"without scripts, too, with the table", plain);
	await page.close();
}

// On a grey page, what is written on cells must distinguish them.
async function colours(file) {
	const page = await Page.open(file, { calm: true });
	const cells = await page.ask(() => Array.from(document.querySelectorAll(
		"svg.wide .row[data-box='0'][data-slot='0'] .cell"), (cell) => {
		const [r, g, b] = getComputedStyle(cell.querySelector("rect")).fill
			.match(/\d+/g).map((v) => (v / 255) ** 2.2);

		return [cell.textContent, (.2126 * r + .7152 * g + .0722 * b + .05) / .0556];
	}));

	ok(new Set(cells.map((c) => c[0])).size === 16, "each byte has a letter of its own", cells);
	ok(cells.every((c) => c[1] >= 4.5), "the letter of each byte has contrast enough", cells);
	await page.close();
}

async function main() {
	const files = fs.readdirSync(pages).filter((f) => f.endsWith(".html"));
	const pipe = path.join(pages, "pipe.html");

	ok(files.length === wanted, `${wanted} pages are made`, files);
	for (const file of files)
		await plays(file);
	await predicts(pipe);
	for (const name of ["pipe", "splice", "mapout", "cma", "shm-depth-1", "shm-depth-4", "two"].filter(isMade))
		await asksEachStep(name);
	await judgesFairly();
	await explainsItsWords();
	await sameMessages();
	await keyboardAndVoice(pipe);
	await narrowAndTouch(pipe);
	await motion(pipe);
	await paper(pipe);
	await colours(pipe);
}

run(main);
