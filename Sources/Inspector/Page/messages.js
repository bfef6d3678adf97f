// What a WebSocket, an event stream or a gRPC call carried, as it comes in.

import { element } from "./dom.js";
import { duration, size } from "./format.js";
import { fill, layOut } from "./json.js";

/** The newest of them; earlier ones appear when asked for. */
const shownAtFirst = 200;

/** The panel's contents; `choice.all` remembers that somebody wanted to see the earlier ones. */
export function messagesCard(detail, choice, again) {
    const { messages } = detail;
    const hidden = choice.all ? 0 : Math.max(0, messages.length - shownAtFirst);
    const dropped = detail.messages_dropped;
    return element(
        "section", { class: "card" },
        element("header", {}, element("h3", {}, "Messages", element("small", { text: counts(messages) }))),
        detail.messages_problem && element("p", { class: "notice failed", text: detail.messages_problem }),
        dropped > 0 && element("p", { class: "notice", text: `${dropped} more were counted and not kept.` }),
        hidden > 0 && element("button", { type: "button", text: `Show ${hidden} earlier`, onclick: () => { choice.all = true; again(); } }),
        messages.length === 0
            ? element("p", { class: "none", text: detail.summary.phase === "open" ? "None yet: they appear here as they pass." : "None" })
            : element("ol", { class: "messages", role: "log", "aria-label": "Messages" }, messages.slice(hidden).map(line)),
    );
}

function counts(messages) {
    const inbound = messages.filter(({ direction }) => direction === "in").length;
    return `${inbound} from the visitor, ${messages.length - inbound} from the origin`;
}

function line(message) {
    const from = message.direction === "in" ? "visitor" : "origin";
    return element(
        "li", { class: "message", data: { from } },
        element("span", { class: "arrow", text: from === "visitor" ? "↑" : "↓", role: "img", "aria-label": `from the ${from}` }),
        content(message),
        element(
            "span", { class: "aside" },
            message.compressed && element("span", { class: "tag", text: "compressed" }),
            message.truncated && element("span", { class: "tag", text: "cut off" }),
            `${size(message.size)} · ${duration(message.at_ms)}`,
        ),
    );
}

function content(message) {
    const pre = element("pre");
    for (const label of labels(message)) pre.append(element("span", { class: "tag", text: label }));
    if (message.encoding === "base64") {
        pre.append(bytesAsHex(message.content));
        return pre;
    }
    const pieces = /^\s*[{[]/.test(message.content) && message.content.length < 20_000 ? layOut(message.content) : null;
    if (pieces && pieces.length > 12) fill(pre, pieces);
    else pre.append(message.content);
    return pre;
}

function labels(message) {
    const labels = message.kind === "text" || message.kind === "event" ? [] : [message.kind];
    if (message.close_code) labels.push(String(message.close_code));
    if (message.event_name) labels.push(message.event_name);
    if (message.event_id) labels.push(`id ${message.event_id}`);
    return labels;
}

function bytesAsHex(base64) {
    const bytes = [...atob(base64)].slice(0, 128).map((character) => character.charCodeAt(0).toString(16).padStart(2, "0"));
    return bytes.join(" ");
}
