"use strict";
/* Lets tables be sorted and filtered. The page can be read without it. */
(() => {
	const value = (row, column) => {
		const cell = row.cells[column];
		const number = cell.dataset.v;
		return number === undefined ? cell.textContent.trim() :
			number === "" ? NaN : Number(number);
	};

	/* Cells without a value come last in both orders. */
	const order = (a, b, sign) => {
		if (typeof a === "number" && typeof b === "number") {
			if (isNaN(a) || isNaN(b))
				return isNaN(a) - isNaN(b);
			return sign * (a - b);
		}
		return sign * String(a).localeCompare(String(b), "en", { numeric: true });
	};

	const sort = (table, column) => {
		const heading = table.tHead.rows[0].cells[column];
		const ascending = heading.getAttribute("aria-sort") !== "ascending";
		const body = table.tBodies[0];
		const rows = Array.from(body.rows);

		rows.sort((a, b) => order(value(a, column), value(b, column),
			ascending ? 1 : -1));
		body.append(...rows);
		for (const other of table.tHead.rows[0].cells)
			other.removeAttribute("aria-sort");
		heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
	};

	const makeSortable = (table) => {
		Array.from(table.tHead.rows[0].cells).forEach((heading, column) => {
			const button = document.createElement("button");

			button.type = "button";
			button.append(...heading.childNodes);
			heading.append(button);
			button.addEventListener("click", () => sort(table, column));
		});
	};

	const filter = (table, words, count) => {
		let shown = 0;

		for (const row of table.tBodies[0].rows) {
			const text = row.textContent.toLowerCase();

			row.hidden = !words.every((word) => text.includes(word));
			shown += !row.hidden;
		}
		count.textContent = shown + " of " + table.tBodies[0].rows.length + " rows";
	};

	const makeFilter = (table) => {
		const box = document.createElement("div");
		const label = document.createElement("label");
		const input = document.createElement("input");
		const count = document.createElement("output");

		box.className = "filter";
		input.type = "search";
		input.id = table.id + "-filter";
		label.htmlFor = input.id;
		label.textContent = "Rows with";
		input.placeholder = "words, such as: pipe 64K";
		box.append(label, input, count);
		table.before(box);
		input.addEventListener("input", () => filter(table,
			input.value.toLowerCase().split(/\s+/).filter(Boolean), count));
		filter(table, [], count);
	};

	for (const table of document.querySelectorAll("table.sortable")) {
		makeSortable(table);
		makeFilter(table);
	}
	/* A link to a folded part unfolds it. */
	const unfold = () => {
		const target = location.hash.length > 1 &&
			document.getElementById(location.hash.slice(1));

		for (let at = target; at; at = at.parentElement)
			if (at.tagName === "DETAILS")
				at.open = true;
	};

	window.addEventListener("hashchange", unfold);
	unfold();
})();
