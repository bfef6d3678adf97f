// The right pane: one exchange, in tabs.

import { bodyCard } from "./body.js";
import { element } from "./dom.js";
import { duration, exactTime, kind, size, statusName, statusText } from "./format.js";
import { messagesCard } from "./messages.js";
import { timingBars } from "./timing.js";

/** What stands where a secret was taken out; the agent writes it. */
export const mark = "[redacted]";

/** Shows one exchange at a time, and only redraws what has changed of it. */
export class DetailView {
    #place;
    #actions;
    #tab = "Overview";
    #choices = new Map();
    #detail = null;
    #drawn = {};
    #parts = null;

    /** `actions` are called with the detail shown: replay, edit, curl, open (another identifier). */
    constructor(place, actions) {
        this.#place = place;
        this.#actions = actions;
    }

    /** The identifier of what is shown, or null. */
    get id() { return this.#detail?.summary.id ?? null; }

    /** Shows something else instead. */
    replace(node) {
        this.#detail = null;
        this.#parts = null;
        this.#place.replaceChildren(node);
    }

    /** Shows a detail; the same exchange keeps its tab, its views and how far it was scrolled. */
    async show(detail) {
        const isOther = this.id !== detail.summary.id || !this.#parts;
        this.#detail = detail;
        if (isOther) {
            this.#build();
            this.#choices.clear();
        }
        this.#drawTitle();
        this.#drawTabs();
        await this.#drawPanel(isOther);
    }

    /** Moves the keyboard into the panel. */
    focus() { this.#parts?.panel.focus(); }

    #build() {
        const { replay, edit, curl } = this.#actions;
        // A WebSocket is a conversation: there is no request to repeat.
        const disabled = this.#detail.summary.kind === "websocket";
        const act = (text, action, title) =>
            element("button", { type: "button", text, title, disabled, onclick: () => action(this.#detail) });
        this.#drawn = {};
        this.#parts = {
            heading: element("h2"),
            sub: element("div", { class: "sub" }),
            tabs: element("div", { class: "tabs", role: "tablist", "aria-label": "Parts of the request", onkeydown: (event) => this.#tabKey(event) }),
            panel: element("div", { class: "panel", role: "tabpanel", id: "panel", tabindex: "0" }),
        };
        this.#place.replaceChildren(
            element(
                "div", { class: "title" },
                this.#parts.heading,
                element(
                    "div", { class: "actions" },
                    act("Replay", replay, "Send it again, as it was"),
                    act("Edit & replay", edit, "Change it, then send it"),
                    act("Copy as curl", curl, "A command line that makes the same request"),
                ),
                this.#parts.sub,
            ),
            this.#parts.tabs,
            this.#parts.panel,
        );
    }

    #drawTitle() {
        const { summary, path } = this.#detail;
        if (!this.#hasChanged("title", [summary, path])) return;
        this.#parts.heading.replaceChildren(
            element("span", { class: "method", text: summary.method }),
            element("span", { class: "path", text: path, title: path }),
        );
        const took = summary.phase === "open" ? [] : [duration(summary.duration_ms)];
        const facts = [summary.endpoint, ...took, size(summary.response_bytes), `#${summary.id}`];
        this.#parts.sub.replaceChildren(
            element("span", { class: "status", data: { kind: kind(summary) }, text: statusText(summary) }),
            element("span", { text: summary.phase === "open" ? "still open" : statusName(summary.status) || (summary.error ? "failed" : "") }),
            ...facts.map((text) => element("span", { text: `· ${text}` })),
            summary.replay_of
                ? element("button", { type: "button", text: `Replay of #${summary.replay_of}`, onclick: () => this.#actions.open(summary.replay_of) })
                : "",
        );
    }

    #names() {
        const { summary, messages } = this.#detail;
        const names = ["Overview", "Request", "Response"];
        if (summary.kind !== "http" || messages.length > 0) names.push("Messages");
        return names;
    }

    #drawTabs() {
        const names = this.#names();
        const number = this.#detail.messages.length + this.#detail.messages_dropped;
        const active = names.includes(this.#tab) ? this.#tab : names[0];
        if (!this.#hasChanged("tabs", [names, number, active])) return;
        const held = this.#parts.tabs.contains(document.activeElement);
        this.#parts.tabs.replaceChildren(...names.map((name) =>
            element(
                "button",
                {
                    type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "panel",
                    "aria-selected": String(name === active), tabindex: name === active ? "0" : "-1",
                    onclick: () => this.#choose(name),
                },
                name,
                name === "Messages" && element("span", { class: "number", text: number }),
            )));
        this.#parts.panel.setAttribute("aria-labelledby", `tab-${active}`);
        if (held) this.#parts.tabs.querySelector('[aria-selected="true"]').focus();
    }

    async #choose(name) {
        this.#tab = name;
        this.#drawTabs();
        await this.#drawPanel(true);
    }

    #tabKey(event) {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const names = this.#names();
        this.#choose(names[(names.indexOf(this.#tab) + step + names.length) % names.length]);
    }

    async #drawPanel(fromTop) {
        const detail = this.#detail;
        const name = this.#names().includes(this.#tab) ? this.#tab : "Overview";
        const { request, response, messages, messages_dropped, summary } = detail;
        const shown = {
            Overview: [summary, detail.timing, detail.interim], Request: request, Response: [response, summary.phase],
            Messages: [messages.length, messages_dropped, detail.messages_problem, summary.phase],
        };
        if (!this.#hasChanged("panel", [summary.id, name, shown[name]])) return;
        const contents = await this.#contents(name, detail);
        if (this.#detail !== detail) return;
        const { panel } = this.#parts;
        const top = panel.scrollTop;
        const atEnd = name === "Messages" && top + panel.clientHeight > panel.scrollHeight - 40;
        panel.replaceChildren(...contents.filter(Boolean));
        panel.scrollTop = fromTop ? 0 : atEnd ? panel.scrollHeight : top;
    }

    async #contents(name, detail) {
        switch (name) {
        case "Request": return [...fieldCards(detail.request), await bodyCard("Body", detail.request.body, this.#choice(name))];
        case "Response": return this.#response(detail);
        case "Messages": return [messagesCard(detail, this.#choice(name), () => { delete this.#drawn.panel; this.#drawPanel(false); })];
        default: return overview(detail);
        }
    }

    async #response(detail) {
        const failure = failureNotice(detail.summary);
        if (!detail.summary.status) return [failure ?? element("p", { class: "notice", text: "No answer yet." })];
        return [failure, ...fieldCards(detail.response), await bodyCard("Body", detail.response.body, this.#choice("Response"))];
    }

    #choice(name) {
        if (!this.#choices.has(name)) this.#choices.set(name, {});
        return this.#choices.get(name);
    }

    /** Whether this differs from what was last drawn there; remembers it. */
    #hasChanged(what, value) {
        const text = JSON.stringify(value);
        if (this.#drawn[what] === text) return false;
        this.#drawn[what] = text;
        return true;
    }
}

function failureNotice({ error }) {
    return error ? element("p", { class: "notice failed", role: "alert", text: error }) : null;
}

function overview(detail) {
    const { summary, scheme, path, timing } = detail;
    const bars = timingBars(timing, summary.duration_ms);
    return [
        failureNotice(summary),
        element("section", { class: "card" }, element("header", {}, element("h3", { text: "Timing" })), bars ?? element("p", { class: "none", text: "Nothing measured yet" })),
        element(
            "section", { class: "card" },
            element("header", {}, element("h3", { text: "Exchange" })),
            element(
                "dl", { class: "facts" },
                fact("URL", marked(`${scheme}://${summary.host}${path}`), "code"),
                fact("Endpoint", summary.endpoint),
                fact("Status", summary.status ? `${summary.status} ${statusName(summary.status)}` : summary.phase === "open" ? "none yet" : "none"),
                detail.interim.map((interim) => fact("Interim", `${interim.status} ${statusName(interim.status)}, after ${duration(interim.at_ms)}`)),
                visitor(detail.request),
                fact("Began", exactTime(new Date(summary.began))),
                fact("Request body", size(summary.request_bytes)),
                fact("Response body", size(summary.response_bytes)),
            ),
        ),
    ];
}

function fact(name, value, look) {
    return element("div", {}, element("dt", { text: name }), element("dd", { class: look }, value));
}

/** The address that the edge saw, as it told the origin. */
function visitor({ fields }) {
    const field = fields.find(({ name }) => name.toLowerCase() === "x-forwarded-for");
    return field ? fact("Visitor", field.value) : null;
}

function fieldCards({ fields, trailers }) {
    const cards = [fieldCard("Headers", fields)];
    if (trailers.length > 0) cards.push(fieldCard("Trailers", trailers));
    return cards;
}

function fieldCard(title, fields) {
    return element(
        "section", { class: "card" },
        element("header", {}, element("h3", {}, title, element("small", { text: fields.length || "" }))),
        fields.length === 0
            ? element("p", { class: "none", text: "None" })
            : element("dl", { class: "facts fields" }, fields.map(({ name, value }) => fact(name, marked(value)))),
    );
}

/** The text with its marks shown as what they are. */
function marked(text) {
    return text.split(mark).flatMap((part, index) =>
        index === 0 ? [part] : [element("span", { class: "redacted", text: "redacted", title: "Taken out by the agent" }), part]);
}
