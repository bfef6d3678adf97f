// The summaries that the page holds: what the agent told, what a search lets through, and what a pause keeps back.

/** As many as the page keeps, whatever the agent does. */
const limit = 2000;

export class Exchanges {
    #byID = new Map();
    #found = null;
    #frozen = null;
    #changes = new Set();
    #newer = null;
    #changed;

    /** `changed` is called after everything that alters what is shown. */
    constructor(changed) { this.#changed = changed; }

    get total() { return (this.#frozen ?? this.#byID).size; }
    get isPaused() { return this.#frozen !== null; }
    /** Exchanges that came or changed during the pause. */
    get held() { return this.#changes.size; }

    /** Newest first; only those that the search found, when there is one. */
    get shown() {
        const all = [...(this.#frozen ?? this.#byID).values()].sort((one, other) => other.id - one.id);
        return this.#found ? all.filter(({ id }) => this.#found.has(id)) : all;
    }

    put(summary) {
        this.#byID.set(summary.id, summary);
        this.#newer?.set(summary.id, summary);
        if (this.#byID.size > limit) this.#byID.delete(Math.min(...this.#byID.keys()));
        this.#note(summary.id);
    }

    /** From here on, whatever is put is newer than the list that is being asked for. */
    expectList() { this.#newer = new Map(); }

    /** Everything anew, as after a lost connection. */
    replace(summaries) {
        this.#byID = new Map([...summaries.map((summary) => [summary.id, summary]), ...(this.#newer ?? [])]);
        this.#newer = null;
        this.#changed();
    }

    /** Forgets what is older than this identifier. A pause holds on to it, unless nothing is left at all. */
    keep(from) {
        for (const id of this.#byID.keys()) if (id < from) this.#byID.delete(id);
        if (this.isPaused && this.#byID.size === 0) {
            this.#frozen = new Map();
            this.#changes.clear();
        }
        this.#changed();
    }

    /** Shows these identifiers only; null shows all. */
    only(ids) {
        this.#found = ids === null ? null : new Set(ids);
        this.#changed();
    }

    pause(isPaused) {
        this.#frozen = isPaused ? new Map(this.#byID) : null;
        this.#changes.clear();
        this.#changed();
    }

    #note(id) {
        if (this.isPaused) this.#changes.add(id);
        this.#changed();
    }
}
