// The list on the left. However many requests there are, only the rows in view are in the page.

import { element } from "./dom.js";
import { duration, kind, size, statusText, timeOfDay } from "./format.js";

const rowHeight = 50;
/** Rows drawn beyond each edge of the view. */
const margin = 6;

const kindNames = { websocket: "WebSocket", sse: "Events", grpc: "gRPC" };

/** A listbox over summaries, newest first. */
export class RequestList {
    #box;
    #rows;
    #selected;
    #items = [];
    #drawn = new Map();
    #chosen = null;

    /** `selected` is called with the identifier that a person chose; `opened` when Enter asks for its detail. */
    constructor(box, rows, selected, opened) {
        this.#box = box;
        this.#rows = rows;
        this.#selected = selected;
        box.addEventListener("scroll", () => this.#draw(), { passive: true });
        box.addEventListener("keydown", (event) => this.#key(event, opened));
        rows.addEventListener("click", (event) => {
            const row = event.target.closest(".item");
            if (row) this.#choose(Number(row.dataset.id));
        });
        new ResizeObserver(() => this.#draw()).observe(box);
    }

    /** Shows these summaries; who has scrolled away from the top keeps what is in view. */
    show(items, chosen) {
        const top = this.#box.scrollTop;
        const anchor = this.#items[Math.floor(top / rowHeight)];
        const before = this.#items.indexOf(anchor);
        this.#items = items;
        this.#chosen = chosen;
        this.#rows.style.height = `${items.length * rowHeight}px`;
        if (top > 0 && anchor) {
            const now = items.findIndex((item) => item.id === anchor.id);
            if (now > before) this.#box.scrollTop = top + (now - before) * rowHeight;
        }
        this.#draw();
    }

    #draw() {
        const top = this.#box.scrollTop;
        const first = Math.max(0, Math.floor(top / rowHeight) - margin);
        const last = Math.min(this.#items.length, Math.ceil((top + this.#box.clientHeight) / rowHeight) + margin);
        const wanted = new Map();
        for (let index = first; index < last; index++) wanted.set(this.#items[index].id, index);
        for (const [id, row] of this.#drawn) {
            if (wanted.has(id)) continue;
            row.element.remove();
            this.#drawn.delete(id);
        }
        // In the order that is seen, for those who have the page read to them.
        let next = this.#rows.firstChild;
        for (const [id, index] of wanted) {
            const row = this.#row(this.#items[index], index, this.#drawn.get(id));
            if (row === next) next = row.nextSibling;
            else this.#rows.insertBefore(row, next);
        }
        if (this.#drawn.has(this.#chosen)) this.#box.setAttribute("aria-activedescendant", `request-${this.#chosen}`);
        else this.#box.removeAttribute("aria-activedescendant");
    }

    #row(item, index, drawn) {
        let row = drawn;
        if (!row) {
            row = { element: element("div", { class: "item", role: "option", id: `request-${item.id}`, data: { id: item.id } }) };
            this.#drawn.set(item.id, row);
        }
        if (row.item !== item) {
            row.element.replaceChildren(...cells(item));
            row.item = item;
        }
        row.element.style.top = `${index * rowHeight}px`;
        row.element.setAttribute("aria-posinset", index + 1);
        row.element.setAttribute("aria-setsize", this.#items.length);
        row.element.setAttribute("aria-selected", item.id === this.#chosen);
        return row.element;
    }

    #choose(id) {
        this.#chosen = id;
        this.#draw();
        this.#selected(id);
    }

    #key(event, opened) {
        if (event.altKey || event.ctrlKey || event.metaKey || this.#items.length === 0) return;
        const now = this.#items.findIndex((item) => item.id === this.#chosen);
        const page = Math.max(1, Math.floor(this.#box.clientHeight / rowHeight) - 1);
        const last = this.#items.length - 1;
        let next;
        switch (event.key) {
        case "ArrowDown": next = now + 1; break;
        case "ArrowUp": next = now - 1; break;
        case "PageDown": next = now + page; break;
        case "PageUp": next = now - page; break;
        case "Home": next = 0; break;
        case "End": next = last; break;
        case "Enter": if (now >= 0) opened(); return;
        default: return;
        }
        event.preventDefault();
        next = Math.min(last, Math.max(0, next));
        this.#reveal(next);
        if (next !== now) this.#choose(this.#items[next].id);
    }

    #reveal(index) {
        const top = index * rowHeight;
        if (top < this.#box.scrollTop) this.#box.scrollTop = top;
        else if (top + rowHeight > this.#box.scrollTop + this.#box.clientHeight)
            this.#box.scrollTop = top + rowHeight - this.#box.clientHeight;
    }
}

/** What stands in one row. */
function cells(item) {
    return [
        element("span", { class: "status", data: { kind: kind(item) }, text: statusText(item), title: item.error }),
        element(
            "div", { class: "what" },
            element(
                "div", { class: "first" },
                element("span", { class: "method", text: item.method }),
                element("span", { class: "path", text: item.path, title: item.path }),
            ),
            element(
                "div", { class: "second" },
                element("span", { text: timeOfDay(new Date(item.began)) }),
                item.kind in kindNames && element("span", { class: "tag", text: kindNames[item.kind] }),
                item.replay_of && element("span", { class: "tag", text: `replay of #${item.replay_of}` }),
                element("span", { class: "host", text: item.host }),
            ),
        ),
        element(
            "div", { class: "figures" },
            element("div", { class: "took", text: item.phase === "open" ? "open" : duration(item.duration_ms) }),
            element("div", { class: "size", text: size(item.response_bytes) }),
        ),
    ];
}
