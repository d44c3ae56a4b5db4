// report.js - choosing and ordering what stands on the page. All of it is there without this script, too.
"use strict";
(() => {
	const byId = (id) => document.getElementById(id);
	const tools = byId("tools"), list = byId("list");
	if (!tools || !list || !list.children.length)
		return;
	const rows = Array.from(list.children, (row, at) => ({
		row, at, words: null, level: Number(row.dataset.level), stage: row.dataset.stage, time: row.dataset.time,
	}));
	const text = byId("t-text"), level = byId("t-level"), order = byId("t-order"), count = byId("t-count");
	const stages = Array.from(byId("t-stages").querySelectorAll("input"));
	const lanes = Array.from(document.querySelectorAll("g.lane"));
	const number = new Intl.NumberFormat("en");

	const holds = (entry, words) => {
		if (!words.length)
			return true;
		if (entry.words === null)
			entry.words = entry.row.textContent.toLowerCase();
		return words.every((word) => entry.words.includes(word));
	};
	const choose = () => {
		const words = text.value.toLowerCase().split(/\s+/).filter(Boolean), least = Number(level.value);
		const wanted = new Set(stages.filter((box) => box.checked).map((box) => box.value));
		let shown = 0;
		for (const entry of rows) {
			const hidden = entry.level < least || !wanted.has(entry.stage) || !holds(entry, words);
			if (entry.row.hidden !== hidden)
				entry.row.hidden = hidden;
			shown += hidden ? 0 : 1;
		}
		for (const lane of lanes)
			lane.classList.toggle("off", !wanted.has(lane.dataset.stage) && stages.some((box) => box.value === lane.dataset.stage));
		count.textContent = number.format(shown) + " of " + number.format(rows.length) + " findings";
	};
	// findings without a time stand behind all others
	const keys = {
		level: (a, b) => a.at - b.at,
		time: (a, b) => (a.time ? 0 : 1) - (b.time ? 0 : 1) || (a.time < b.time ? -1 : a.time > b.time ? 1 : a.at - b.at),
		stage: (a, b) => (a.stage < b.stage ? -1 : a.stage > b.stage ? 1 : a.at - b.at),
	};
	const arrange = () => {
		rows.sort(keys[order.value] || keys.level);
		list.append(...rows.map((entry) => entry.row));
	};
	const swing = (open) => {
		for (const entry of rows)
			if (!entry.row.hidden)
				entry.row.firstElementChild.open = open;
	};
	// who follows a link to a finding wants to see it, and open
	const reveal = () => {
		const target = location.hash.length > 1 ? byId(decodeURIComponent(location.hash.slice(1))) : null;
		if (!target || target.parentElement !== list)
			return;
		target.hidden = false;
		target.firstElementChild.open = true;
		target.scrollIntoView({ block: "start" });
	};
	let soon = 0;
	text.addEventListener("input", () => {
		clearTimeout(soon);
		soon = setTimeout(choose, 120);
	});
	level.addEventListener("change", choose);
	order.addEventListener("change", arrange);
	for (const box of stages)
		box.addEventListener("change", choose);
	byId("t-open").addEventListener("click", () => swing(true));
	byId("t-shut").addEventListener("click", () => swing(false));
	tools.addEventListener("submit", (event) => event.preventDefault());
	window.addEventListener("hashchange", reveal);
	tools.hidden = false;
	choose();
	reveal();
})();
