// SPDX-License-Identifier: GPL-2.0-or-later
// The page is whole without this; it adds the registers, VP by VP, on demand.
"use strict";
(() => {
	const source = document.getElementById("registers");
	let data = null;

	// Nothing is parsed until somebody asks.
	const registers = () => data ??= JSON.parse(source.textContent);

	const valueOf = (sign, rest, digits) => {
		if (sign === "?")
			return "not asked";
		if (sign === "!")
			return registers().statuses[parseInt(rest, 16)];
		return "0x" + rest.padStart(digits, "0");
	};

	const groupsOf = words => {
		const groups = new Map();
		for (const word of words.split(" ").filter(w => w)) {
			const [, place, sign, rest] = /^([0-9a-f]+)([=!?])(.*)$/.exec(word);
			const [name, group, digits] = registers().names[parseInt(place, 16)];
			if (!groups.has(group))
				groups.set(group, []);
			groups.get(group).push([name, valueOf(sign, rest, digits)]);
		}
		return groups;
	};

	const element = (tag, text, parent) => {
		const e = document.createElement(tag);
		if (text)
			e.textContent = text;
		parent?.append(e);
		return e;
	};

	const fill = (cell, words) => {
		const groups = groupsOf(words);
		if (!groups.size)
			cell.textContent = "No register of it was captured.";
		for (const [group, list] of groups) {
			element("h4", group, cell);
			const ul = element("ul", "", cell);
			for (const [name, value] of list) {
				const li = element("li", "", ul);
				element("span", `${name} `, li);
				li.append(value);
				li.classList.toggle("long", name.length + value.length > 34);
			}
		}
	};

	const toggle = (row, button) => {
		const open = row.nextElementSibling?.classList.contains("opened");
		button.setAttribute("aria-expanded", String(!open));
		if (open) {
			row.nextElementSibling.remove();
			return;
		}
		const below = document.createElement("tr");
		below.className = "opened";
		const cell = element("td", "", below);
		cell.className = "regs";
		cell.colSpan = row.cells.length;
		fill(cell, registers().vtls[Number(row.dataset.vtl)]);
		row.after(below);
	};

	// Buttons come when a table is first looked at: thousands cost time.
	const equip = table => {
		if (table.dataset.equipped)
			return;
		table.dataset.equipped = "yes";
		element("th", "Registers", table.tHead.rows[0]).scope = "col";
		for (const row of table.tBodies[0].rows) {
			const cell = row.insertCell();
			const button = element("button", "show", cell);
			button.type = "button";
			button.setAttribute("aria-expanded", "false");
			button.setAttribute("aria-label",
				`registers of VP ${row.cells[0].textContent}, VTL ${row.cells[1].textContent}`);
		}
	};

	for (const details of document.querySelectorAll("details.vps")) {
		const table = details.querySelector("table");
		if (details.open)
			equip(table);
		details.addEventListener("toggle", () => details.open && equip(table));
		table.addEventListener("click", event => {
			const button = event.target.closest("button");
			if (button)
				toggle(button.closest("tr"), button);
		});
	}

	// A figure of a map leads to its VP's line.
	for (const map of document.querySelectorAll("svg.map")) {
		map.addEventListener("click", event => {
			const box = map.getBoundingClientRect();
			const columns = Number(map.dataset.columns);
			const pitch = box.width / columns;
			const vp = Math.floor((event.clientY - box.top) / pitch) * columns +
				Math.floor((event.clientX - box.left) / pitch);
			const details = map.closest("article").querySelector("details.vps");
			const rows = [...details.querySelectorAll("tr[data-vp]")]
				.filter(row => Number(row.dataset.vp) === vp);
			if (!rows.length)
				return;
			details.open = true;
			equip(details.querySelector("table"));
			rows[0].scrollIntoView({block: "center"});
			rows[0].querySelector("button").focus();
		});
	}
})();
