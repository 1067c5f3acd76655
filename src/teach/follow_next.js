"use strict";
/* What can be the next step of a story, and how an answer is judged. */

/* The hop of a step; null: there is no step, or it moves no bytes. */
const hopOf = (s, step) => step && step.kind === "move" ? s.hops[step.hop] : null;

const rowOf = (s, box, step) => s.boxes[box].slots > 1 ? step.slot : 0;

/* True if the bytes of a move are there, and it overwrites none that a later step takes. */
const canMove = (s, world, at, step) => {
	const hop = hopOf(s, step), row = rowOf(s, hop.to, step);
	const from = world.rows[hop.from][rowOf(s, hop.from, step)];
	const to = world.rows[hop.to][row];
	const here = hop.from === s.in || (from.message === step.message &&
		from.cells.slice(hop.first, hop.first + hop.bytes).every(Boolean));
	const takesOld = (later) => hopOf(s, later)?.from === hop.to &&
		rowOf(s, hop.to, later) === row && later.message === to.message;

	return here && (to.message < 0 || to.message === step.message ||
		!s.steps.slice(at).some(takesOld));
};

/*
 * The step of the story, and then those that could come in its place: a trace
 * does not say which of two processes was first.
 */
const nextSteps = (s, world, at) => {
	const own = s.steps[at], left = s.steps.slice(at);

	if (own.kind === "map")
		return left.filter((step) => step.kind === "map");
	return [own, ...s.actors.flatMap((_, actor) => {
		const move = left.find((step) => step.kind === "move" && step.actor === actor);

		if (actor === own.actor || !move || world.asleep.has(actor))
			return [];
		if (canMove(s, world, at, move))
			return [move];
		const wait = s.steps.find((step) => step.actor === actor && step.wait)?.wait;

		return [{ kind: "sleep", actor, wait: wait ?? null, box: -1 }];
	})];
};

/* The right answers to each question about a step; null: any is right. */
const answersOf = (s, step) => {
	const hop = hopOf(s, step);

	if (step.kind === "map") {
		const { owner } = s.boxes[step.box];
		const names = owner.split(" and ");

		return { who: [...s.actors.flatMap((a, i) => names.includes(a) ?
			[String(i)] : []), owner], call: ["mmap"], what: ["map"],
		where: step.box === s.in ? ["stay", String(step.box)] : ["stay"] };
	}
	if (step.kind === "tell")
		return { who: [String(step.actor)], call: [step.tell], what: ["tell"], where: ["stay"] };
	if (!hop)
		return { who: [String(step.actor)], call: step.wait ? [step.wait] : null,
			what: ["wait"], where: ["stay"] };
	/* Bytes that a reference stands for have not left their place. */
	return { who: [String(step.actor)], call: [hop.call],
		what: hop.copies < 0 ? null : [hop.copies ? "copy" : "ref"],
		where: hop.copies ? [String(hop.to)] :
			[String(hop.to), String(hop.from), "stay"] };
};

/*
 * Compares an answer with the possible step that is nearest to it. Returns
 * which parts are right, and if that is a step other than the story's.
 */
const judge = (s, world, at, given) => {
	let best = null;

	nextSteps(s, world, at).forEach((step, i) => {
		const answers = answersOf(s, step), parts = {};

		for (const [part, value] of Object.entries(given))
			if (value !== "" && answers[part])
				parts[part] = answers[part].includes(value);
		const right = Object.values(parts).filter(Boolean).length;

		if (!best || right > best.right)
			best = { parts, right, other: i > 0, step };
	});
	return best;
};
