// Opens reports in a headless Chromium and checks: DIR/plain/report.html and
// DIR/names/report.html.
"use strict";
const fs = require("fs");
const path = require("path");
const { ok, Page, run, dir } = require("./browser.js");

// --- the checks --------------------------------------------------------------

// Requests for anything but the page itself, and for data within it.
function strangers(page) {
	return page.requests.filter((url) => url !== page.url && !url.startsWith("data:"));
}

function visible(selector) {
	return Array.from(document.querySelectorAll(selector)).map((svg) => {
		const box = svg.getBoundingClientRect();

		return box.width > 200 && box.height > 40 &&
			getComputedStyle(svg).visibility === "visible";
	});
}

// Elements that are cut off, or that need scrolling sideways.
function clipped() {
	const width = document.documentElement.clientWidth;

	return Array.from(document.querySelectorAll("body *")).filter((e) => {
		const box = e.getBoundingClientRect();

		if (!box.width || e.closest("svg svg, svg *, .skip"))
			return false;
		return box.right > width + 1 || box.left < -1 ||
			(getComputedStyle(e).overflowX !== "visible" &&
				e.scrollWidth > e.clientWidth + 1);
	}).map((e) => `${e.tagName} ${e.className.baseVal || e.className} ` +
		e.textContent.slice(0, 60)).slice(0, 5);
}

function unfold(yes) {
	for (const details of document.querySelectorAll("details"))
		details.open = yes;
	return yes;
}

function tooWide() {
	return document.documentElement.scrollWidth - window.innerWidth;
}

function structure() {
	const ids = Array.from(document.querySelectorAll("[id]"), (e) => e.id);
	const levels = Array.from(document.querySelectorAll("h1,h2,h3,h4"),
		(h) => Number(h.tagName[1]));

	return {
		lang: document.documentElement.lang,
		twice: ids.filter((id, i) => ids.indexOf(id) !== i).slice(0, 5),
		jumps: levels.filter((level, i) => i && level > levels[i - 1] + 1),
		h1: levels.filter((level) => level === 1).length,
		nowhere: Array.from(document.querySelectorAll("a[href^='#'],use"), (a) =>
			(a.getAttribute("href") || a.getAttribute("xlink:href")).slice(1))
			.filter((id) => !document.getElementById(id)).slice(0, 5),
		mute: Array.from(document.querySelectorAll("figure svg"))
			.filter((s) => s.getAttribute("role") !== "img" ||
				s.getAttribute("aria-label").length < 30).length,
		tables: Array.from(document.querySelectorAll("table")).filter((t) =>
			!t.caption || !t.tHead || Array.from(t.querySelectorAll("th"))
				.some((th) => !th.scope)).map((t) => t.id),
	};
}

function column(id, index) {
	return Array.from(document.getElementById(id).tBodies[0].rows)
		.filter((row) => !row.hidden).map((row) => row.cells[index].dataset.v);
}

function heading(id, text) {
	return Array.from(document.getElementById(id).tHead.rows[0].cells)
		.findIndex((th) => th.textContent.startsWith(text));
}

function click(id, index) {
	const th = document.getElementById(id).tHead.rows[0].cells[index];

	th.querySelector("button").click();
	return th.getAttribute("aria-sort");
}

function sorted(values, sign) {
	const numbers = values.filter((v) => v !== "").map(Number);

	return values.length > 10 && values.slice(0, numbers.length).every((v) => v !== "") &&
		numbers.every((n, i) => !i || sign * (n - numbers[i - 1]) >= 0);
}

async function looks(page) {
	const shape = await page.ask(structure);
	const seen = await page.ask(order);

	ok(seen.down && seen.first < 200, "it opens with the answer, then the map", seen);
	ok(seen.figures.length === 4 && seen.tables === 0,
		"then come three figures; tables are folded", seen);
	await page.ask(unfold, true);
	const wide = await page.ask(visible, "figure svg.wide");

	ok(strangers(page).length === 0, "nothing is requested", strangers(page));
	ok(page.complaints.length === 0, "nothing on the console", page.complaints);
	ok(wide.length >= 8 && wide.every(Boolean), "all figures are seen", wide);
	ok(await page.ask(tooWide) <= 0, "a wide window needs no scrolling sideways");
	ok(shape.lang === "en" && shape.h1 === 1 && !shape.jumps.length,
		"headings make an outline", shape);
	ok(!shape.twice.length && !shape.nowhere.length, "each id is one, each link leads", shape);
	ok(shape.mute === 0, "each figure says in words what it shows", shape);
	ok(!shape.tables.length, "each table has a caption, each heading a scope", shape);
}

async function sorts(page) {
	const speed = await page.ask(heading, "cells-table", "median");
	const before = await page.ask(column, "cells-table", speed);
	const first = await page.ask(click, "cells-table", speed);
	const up = await page.ask(column, "cells-table", speed);
	const second = await page.ask(click, "cells-table", speed);
	const down = await page.ask(column, "cells-table", speed);

	ok(!sorted(before, 1), "as made, cells are not sorted by speed");
	ok(first === "ascending" && sorted(up, 1), "a click sorts", up.slice(0, 9));
	ok(second === "descending" && sorted(down, -1), "another click turns the order round",
		down.slice(0, 9));
	ok(up.length === before.length, "sorting loses no row");
}

function typeFilter(text) {
	const input = document.getElementById("cells-table-filter");

	input.value = text;
	input.dispatchEvent(new Event("input"));
	return Array.from(document.getElementById("cells-table").tBodies[0].rows)
		.filter((row) => !row.hidden).map((row) => row.textContent);
}

async function filters(page) {
	const all = await page.ask(typeFilter, "");
	const some = await page.ask(typeFilter, "tcp COLD");

	ok(some.length > 0 && some.length < all.length &&
		some.every((row) => row.includes("tcp") && row.includes("cold")),
	"words leave the rows that have them", some);
	ok((await page.ask(typeFilter, "no such words")).length === 0 &&
		(await page.ask(typeFilter, "")).length === all.length, "an empty filter gives all rows back");
}

function embedded(name) {
	return document.querySelector(`a[download="${name}"]`).href;
}

async function hasData(page) {
	for (const name of ["manifest.json", "samples.csv", "verdict.json"]) {
		const link = await page.ask(embedded, name);
		const bytes = Buffer.from(decodeURIComponent(link.slice(link.indexOf(",") + 1)));

		ok(bytes.equals(fs.readFileSync(path.join(dir, "plain", name))),
			`${name} lies in the page, byte for byte`);
	}
}

async function narrow(page) {
	await page.resize(400);
	await page.ask(unfold, true);
	const shown = await page.ask(visible, "figure svg.narrow");
	const hidden = await page.ask(visible, "figure svg.wide");

	ok(shown.length >= 8 && shown.every(Boolean) && !hidden.some(Boolean),
		"a narrow window has figures of its own", [shown, hidden]);
	ok(await page.ask(tooWide) <= 0, "a narrow window needs no scrolling sideways",
		await page.ask(tooWide));
	const small = await page.ask(() => Array.from(
		document.querySelectorAll("figure svg.narrow text")).filter((t) =>
		t.textContent.trim() && t.getBoundingClientRect().height < 8).length);
	ok(small === 0, "letters in a narrow window are large enough", small);
}

// At each width a page must fit, folded and unfolded.
async function widths(page, kind) {
	for (const width of [360, 768, 1280, 1600]) {
		await page.resize(width);
		for (const yes of [false, true]) {
			await page.ask(unfold, yes);
			const bad = await page.ask(clipped);
			ok(bad.length === 0, `${kind}: nothing is clipped at ${width} px` +
				(yes ? ", unfolded" : ""), bad);
		}
	}
	await page.ask(unfold, false);
	await page.resize(1200);
}

// Chromium writes the pages of a PDF without compressing them.
async function prints(page, kind) {
	const { data } = await page.send("Page.printToPDF",
		{ paperWidth: 8.27, paperHeight: 11.69 });
	const pages = Buffer.from(data, "base64").toString("latin1")
		.match(/\/Type\s*\/Page\b(?!s)/g);

	ok(pages && pages.length <= 6, `${kind}: prints in six pages or fewer`,
		pages && pages.length);
}

// The answer, the map and three figures are open, all else is folded.
function order() {
	const top = (selector) =>
		document.querySelector(selector).getBoundingClientRect().top;
	const open = Array.from(document.querySelectorAll("figure")).filter((f) =>
		!f.closest("details"));

	return {
		down: top(".answers") < top("#figure-map") &&
			top("#figure-map") < top("#figures"),
		first: top(".answers p"),
		figures: open.map((f) => f.id),
		tables: Array.from(document.querySelectorAll("table")).filter((t) =>
			!t.closest("details")).length,
	};
}

function paper() {
	return getComputedStyle(document.body).backgroundColor;
}

async function main() {
	const report = (kind) => path.join(dir, kind, "report.html");
	let page = await Page.open(report("plain"));

	await looks(page);
	await widths(page, "plain");
	await prints(page, "plain");
	await sorts(page);
	await filters(page);
	await hasData(page);
	await narrow(page);
	page = await Page.open(report("names"));
	const said = await page.ask(() => document.body.textContent);
	ok(strangers(page).length === 0 && page.complaints.length === 0,
		"names that look like markup are none", page.complaints);
	await widths(page, "names");
	await prints(page, "names");
	ok(said.includes("<b>&amp;</b>") && said.includes("say \"hi\", twice"),
		"names that look like markup are shown as they are");
	page = await Page.open(report("plain"), { dark: true });
	ok(await page.ask(paper) === "rgb(22, 22, 24)", "dark where dark is wished");
	page = await Page.open(report("plain"), { script: false });
	const plain = await page.ask(() => ({
		h1: document.querySelector(".answers p").textContent,
		rows: document.querySelectorAll("#cells-table tbody tr").length,
		dead: document.querySelectorAll("button, input").length,
	}));
	ok(plain.h1.length > 10 && plain.rows > 100 && plain.dead === 0,
		"all is there without scripts, and nothing that does nothing", plain);
}

run(main);
