// A headless Chromium, driven through two pipes, so that no port is opened.
"use strict";
const { spawn } = require("child_process");
const path = require("path");

const [browserName, dir] = process.argv.slice(2);
let count = 0, failed = 0;

function ok(good, name, detail) {
	count++;
	failed += !good;
	console.log(`${good ? "ok" : "not ok"} ${count} - ${name}`);
	if (!good && detail !== undefined)
		console.log("# " + JSON.stringify(detail).slice(0, 2000));
	return good;
}

// --- the browser -------------------------------------------------------------

const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
	"--no-first-run", "--disable-background-networking",
	"--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
	"--remote-debugging-pipe", `--user-data-dir=${path.join(dir, "profile")}`,
	"about:blank"];
const child = spawn(browserName, flags,
	{ stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
const waiting = new Map(), listeners = [];
let last = 0, pending = "";

child.on("error", (e) => { console.log(`Bail out! ${e}`); process.exit(1); });
child.stdio[4].setEncoding("utf8");
child.stdio[4].on("data", (text) => {
	const parts = (pending + text).split("\0");

	pending = parts.pop();
	parts.map((part) => JSON.parse(part)).forEach((message) => {
		if (message.id) {
			waiting.get(message.id)(message);
			waiting.delete(message.id);
		} else {
			listeners.forEach((listener) => listener(message));
		}
	});
});

function send(method, params = {}, sessionId) {
	const id = ++last;

	child.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
	return new Promise((resolve, reject) => waiting.set(id, (message) =>
		message.error ? reject(new Error(`${method}: ${message.error.message}`)) :
			resolve(message.result)));
}

function event(name, sessionId) {
	return new Promise((resolve) => {
		const listener = (message) => {
			if (message.method !== name || message.sessionId !== sessionId)
				return;
			listeners.splice(listeners.indexOf(listener), 1);
			resolve(message.params);
		};

		listeners.push(listener);
	});
}

// --- a page ------------------------------------------------------------------

class Page {
	static async open(file, { script = true, width = 1200, dark = false,
		calm = false, touch = false } = {}) {
		const page = new Page();
		const { targetId } = await send("Target.createTarget", { url: "about:blank" });

		page.target = targetId;
		page.requests = [];
		page.complaints = [];
		({ sessionId: page.session } = await send("Target.attachToTarget",
			{ targetId, flatten: true }));
		listeners.push((message) => page.note(message));
		for (const domain of ["Page", "Network", "Runtime", "Log"])
			await page.send(domain + ".enable");
		await page.send("Emulation.setScriptExecutionDisabled", { value: !script });
		await page.send("Emulation.setEmulatedMedia", { features: [
			{ name: "prefers-color-scheme", value: dark ? "dark" : "light" },
			{ name: "prefers-reduced-motion", value: calm ? "reduce" : "no-preference" }] });
		if (touch)
			await page.send("Emulation.setTouchEmulationEnabled", { enabled: true });
		await page.resize(width);
		const loaded = event("Page.loadEventFired", page.session);
		page.url = "file://" + file;
		await page.send("Page.navigate", { url: page.url });
		await loaded;
		return page;
	}

	note({ method, params, sessionId }) {
		if (sessionId !== this.session)
			return;
		if (method === "Network.requestWillBeSent")
			this.requests.push(params.request.url);
		if (method === "Runtime.exceptionThrown")
			this.complaints.push(params.exceptionDetails.text);
		if (method === "Runtime.consoleAPICalled")
			this.complaints.push(params.args.map((a) => a.value).join(" "));
		if (method === "Log.entryAdded")
			this.complaints.push(params.entry.text);
	}

	send(method, params) {
		return send(method, params, this.session);
	}

	resize(width) {
		return this.send("Emulation.setDeviceMetricsOverride",
			{ width, height: 900, deviceScaleFactor: 1, mobile: false });
	}

	close() {
		return send("Target.closeTarget", { targetId: this.target });
	}

	// Runs a function in the page, even if the page's own scripts are forbidden.
	async ask(f, ...args) {
		const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
			expression: `JSON.stringify((${f})(${args.map((a) =>
				JSON.stringify(a)).join(",")}))`,
		});

		if (exceptionDetails)
			throw new Error(exceptionDetails.exception.description);
		return JSON.parse(result.value);
	}
}

// Runs the test, prints the plan, and exits together with the browser.
function run(main) {
	main().catch((e) => ok(false, String(e.stack || e))).finally(() => {
		console.log(`1..${count}`);
		child.on("exit", () => process.exit(failed ? 1 : 0));
		send("Browser.close").catch(() => child.kill());
	});
}

module.exports = { ok, Page, run, dir };
